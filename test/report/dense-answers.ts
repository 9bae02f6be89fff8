import type { GeneratedHistory, Seen, SeenRun } from "./generated-history.ts";

/** What a report must say of one release, computed run by run. */
export interface ExpectedRelease {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly firstSeen: string;
  readonly verdict: string;
  readonly worst: string;
  readonly hours: number;
  /** Unsigned where it was that without an exemption, else untrusted; null where it never was either. */
  readonly wrong: string | null;
  /** Everybody who had signed it in the stretch. */
  readonly signedBy: readonly string[];
  readonly signer: string;
  readonly exempt: boolean;
  /** The state that it was in last, `exempt` included. */
  readonly state: string;
  readonly lastChecked: string;
  readonly acknowledgedBy: string;
}

const ORDER = ["unsigned", "untrusted", "unknown", "pending", "signed"];

/** The releases of a stretch as known at a time (epoch milliseconds, the end exclusive), by walking through every run and release in turn. */
export function walkReleases({ runs, findings }: GeneratedHistory, from: number, to: number, asOf: number): ExpectedRelease[] {
  const known = runs.filter(({ at }) => at < to);
  const names = [...new Set(runs.flatMap(({ repositories }) => [...repositories.keys()]))].toSorted();
  return names.flatMap((repository) => {
    const ended = runs.findLast((run) => run.over && run.at < asOf && run.repositories.has(repository));
    const looks = known.filter((run) => (run.over ? !run.partial || run.repositories.has(repository) : isTaken(run, repository, ended)));
    const tags = [...new Set(looks.flatMap((run) => run.repositories.get(repository)?.releases.map(({ tag }) => tag) ?? []))];
    const told = findings.filter((finding) => finding.repository === repository && finding.acknowledgedAt < asOf);
    return tags.flatMap((tag) => walkRelease(repository, tag, looks, told, from, to) ?? []);
  });
}

/** What a run that broke off found counts once a later one went on from it. */
function isTaken({ id, repositories }: SeenRun, repository: string, ended: SeenRun | undefined): boolean {
  return repositories.has(repository) && ended !== undefined && id < ended.id;
}

function walkRelease(
  repository: string,
  tag: string,
  looks: readonly SeenRun[],
  findings: GeneratedHistory["findings"],
  from: number,
  to: number,
): ExpectedRelease | null {
  let state = null as { seen: Seen; wrong: string | null } | null;
  let [verdict, last, milliseconds, lastChecked] = ["", null as Seen | null, 0, ""];
  const words = new Set<string>();
  const wrongs = new Set<string>();
  const signedBy = new Set<string>();
  const firstSeen = new Map<string, string>();
  for (const [at, run] of looks.entries()) {
    const own = run.repositories.get(repository);
    const seen = own?.releases.find((one) => one.tag === tag);
    if (own === undefined || seen?.verdict === null) {
      if (state !== null) verdict = own === undefined ? "not-watched" : "gone";
      if (own !== undefined && verdict === "gone" && state !== null) lastChecked = run.id;
      state = null;
    } else if (seen !== undefined) {
      const bad = (seen.verdict === "unsigned" || seen.verdict === "untrusted") && !seen.exempt;
      const goesOn: boolean = seen.verdict === "unknown" && !seen.exempt && state?.seen.digest === seen.digest;
      state = { seen, wrong: bad ? seen.verdict : goesOn ? state!.wrong : null };
      verdict = seen.verdict;
      if (seen.recorded && !firstSeen.has(seen.digest)) firstSeen.set(seen.digest, run.id);
      if (seen.verdict !== "unknown" && own.listed && (run.over || seen.recorded)) lastChecked = run.id;
    }
    const [start, end] = [Math.max(from, run.at), Math.min(to, looks[at + 1]?.at ?? to)];
    if (state === null || start >= end) continue;
    words.add(state.seen.verdict!);
    last = state.seen;
    if (state.seen.verdict === "signed" && state.seen.signer !== null) signedBy.add(state.seen.signer);
    if (state.wrong === null) continue;
    wrongs.add(state.wrong);
    milliseconds += end - start;
  }
  if (last === null) return null;
  const owners = findings
    .filter((finding) => finding.tag === tag && finding.opened < to && finding.resolved >= from)
    .flatMap(({ acknowledgedBy }) => acknowledgedBy ?? []);
  const hours = Math.round(milliseconds / 360_000) / 10;
  return {
    repository,
    tag,
    digest: last.digest,
    firstSeen: firstSeen.get(last.digest)!,
    verdict,
    worst: ORDER.find((word) => words.has(word))!,
    hours: milliseconds > 0 ? Math.max(0.1, hours) : 0,
    wrong: wrongs.has("unsigned") ? "unsigned" : ([...wrongs][0] ?? null),
    signedBy: [...signedBy],
    signer: last.signer ?? "",
    exempt: last.exempt,
    state: stateOf(last),
    lastChecked,
    acknowledgedBy: [...new Set(owners)].join("; "),
  };
}

/** The nights of some days by what the run of each day saw, counted release by release. */
export function walkNights({ runs }: GeneratedHistory, days: readonly string[]) {
  return days.map((day) => {
    const ofDay = runs.filter((run) => run.over && !run.partial && run.id.startsWith(day));
    const run = ofDay.at(-1);
    if (run === undefined) return { day, status: "missed", states: null };
    const states = noStates();
    for (const { releases } of run.repositories.values()) for (const seen of releases) count(states, seen);
    return { day, status: run.complete ? "complete" : "incomplete", states };
  });
}

/** The same of one repository; null where its run did not look at it. */
export function walkRepositoryNights({ runs }: GeneratedHistory, repository: string, days: readonly string[]) {
  return days.map((day) => {
    const own = runs.findLast((run) => run.over && !run.partial && run.id.startsWith(day))?.repositories.get(repository);
    if (own === undefined) return null;
    const states = noStates();
    for (const seen of own.releases) count(states, seen);
    return { listed: own.listed, states };
  });
}

const noStates = () => ({ signed: 0, exempt: 0, pending: 0, unknown: 0, untrusted: 0, unsigned: 0 });

function count(states: ReturnType<typeof noStates>, seen: Seen): void {
  if (seen.verdict !== null) states[stateOf(seen)]++;
}

function stateOf({ verdict, exempt }: Seen): keyof ReturnType<typeof noStates> {
  return exempt && (verdict === "unsigned" || verdict === "untrusted") ? "exempt" : verdict!;
}
