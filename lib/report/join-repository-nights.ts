import type { RepositoryNight, StateCounts } from "./report-model.ts";

/** Consecutive nights in which a repository had the same numbers, apart from that of signed releases. */
interface JoinedNights {
  readonly from: string;
  readonly to: string;
  readonly looked: "complete list" | "list broke off" | "nobody looked";
  /** `50`, or `50 to 53`. */
  readonly signed: string;
  readonly states: StateCounts | null;
}

/** Joins the nights of one repository, oldest first, into as few lines as possible. New signed releases alone start no line. */
export function joinRepositoryNights(nights: readonly (RepositoryNight | null)[], days: readonly string[]): JoinedNights[] {
  const lines: { key: string; nights: (RepositoryNight | null)[]; from: string; to: string }[] = [];
  for (const [at, night] of nights.entries()) {
    const day = days[at]!;
    const key = night === null ? "" : JSON.stringify([night.listed, { ...night.states, signed: 0 }]);
    const last = lines.at(-1);
    if (last?.key === key) {
      last.nights.push(night);
      last.to = day;
    } else lines.push({ key, nights: [night], from: day, to: day });
  }
  return lines.map(({ nights: own, from, to }): JoinedNights => {
    const [first] = own;
    if (first === null || first === undefined) return { from, to, looked: "nobody looked", signed: "–", states: null };
    const signed = own.map((night) => night!.states.signed);
    const [least, most] = [Math.min(...signed), Math.max(...signed)];
    const looked = first.listed ? "complete list" : "list broke off";
    return { from, to, looked, signed: least === most ? String(least) : `${least} to ${most}`, states: first.states };
  });
}
