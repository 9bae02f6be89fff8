import { RELEASES_SHOWN, type AgainPart, type Part } from "../part.ts";

/** Merges the second reading into the parts, for the record of the run. A tag that was gone by then keeps its first reading. Pure. */
export function mergeAgain(parts: readonly Part[], again: readonly AgainPart[]): Part[] {
  const readings = Map.groupBy(again, ({ repository }) => repository);
  return parts.map((part) => (readings.get(part.repository) ?? []).reduce(mergeOne, part));
}

function mergeOne(part: Part, { verdicts, releases }: AgainPart): Part {
  const counts = { ...part.summary.counts };
  const notSigned = new Map(part.notSigned.map((judged) => [judged[0], judged]));
  const audited = new Set(part.tags);
  const read = new Set<string>();
  for (const judged of verdicts) {
    const [tag, verdict, exempt] = judged;
    if (!audited.has(tag)) continue;
    read.add(tag);
    const [, before, wasExempt] = notSigned.get(tag) ?? [tag, "signed", false];
    counts[before]--;
    counts[verdict]++;
    counts.exempt += Number(exempt) - Number(wasExempt);
    if (verdict === "signed") notSigned.delete(tag);
    else notSigned.set(tag, judged);
  }
  return {
    ...part,
    notSigned: [...notSigned.values()],
    summary: { ...part.summary, counts },
    coverage: { ...part.coverage, unknown: counts.unknown, judged: counts.releases - counts.unknown },
    // Without a time limit it shows all releases, and none is new.
    releases: [...part.releases.filter(({ tag }) => !read.has(tag)), ...releases.filter(({ tag }) => read.has(tag))].slice(
      0,
      Math.max(part.releases.length, RELEASES_SHOWN),
    ),
  };
}
