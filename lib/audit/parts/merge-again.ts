import { RELEASES_SHOWN, type AgainPart, type Part } from "./part.ts";

/**
 * The parts as the run's record tells them: what was read again stands as it was read then, as in a run in one piece. A tag that was gone
 * by then stands as it was. Pure.
 */
export function mergeAgain(parts: readonly Part[], again: readonly AgainPart[]): Part[] {
  const readings = Map.groupBy(again, ({ repository }) => repository);
  return parts.map((part) => (readings.get(part.repository) ?? []).reduce(mergeOne, part));
}

function mergeOne(part: Part, { verdicts, releases, traffic }: AgainPart): Part {
  const counts = { ...part.summary.counts };
  const notSigned = new Map(part.notSigned);
  const audited = new Set(part.tags);
  const read = new Set<string>();
  for (const [tag, verdict] of verdicts) {
    if (!audited.has(tag)) continue;
    read.add(tag);
    counts[notSigned.get(tag) ?? "signed"]--;
    counts[verdict]++;
    if (verdict === "signed") notSigned.delete(tag);
    else notSigned.set(tag, verdict);
  }
  const shown = [...part.releases.filter(({ tag }) => !read.has(tag)), ...releases.filter(({ tag }) => read.has(tag))];
  return {
    ...part,
    notSigned: [...notSigned],
    summary: { ...part.summary, counts },
    coverage: { ...part.coverage, unknown: counts.unknown, judged: counts.releases - counts.unknown },
    releases: shown.slice(0, RELEASES_SHOWN),
    traffic: [...part.traffic, ...traffic],
  };
}
