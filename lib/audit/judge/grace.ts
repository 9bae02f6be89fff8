import type { Digest } from "../../oci/digest.ts";
import type { RepositoryHistory } from "../../history/state.ts";
import type { SelectedRelease } from "../../watchlist/select/select-releases.ts";
import { recordedDigests } from "../release-night.ts";

/** A digest and the tags that name it under one entry of the watch list. */
interface GraceCase {
  readonly digest: Digest;
  readonly releases: readonly SelectedRelease[];
  readonly graceSeconds: number;
}

/** Reports whether a release still has grace: none of the first night has, and no version that was signed before. */
export function isWithinGrace({ digest, releases, graceSeconds }: GraceCase, history: RepositoryHistory, now: number): boolean {
  const recorded = recordedDigests(history);
  // A digest that was judged has had its time: if its signature is gone again, that is a loss.
  if (recorded.judged.has(digest)) return false;
  const firstSeen = recorded.firstSeen.get(digest) ?? null;
  const baselineRun = history.repository?.baselineRun ?? null;
  if (graceSeconds === 0 || baselineRun === null || (firstSeen !== null && firstSeen <= baselineRun)) return false;
  if (releases.some(({ tag, kind }) => kind === "version" && history.tags.get(tag)?.last?.verdict === "signed")) return false;
  const age = firstSeen === null ? 0 : (now - Date.parse(firstSeen)) / 1000;
  return age >= 0 && age < graceSeconds;
}
