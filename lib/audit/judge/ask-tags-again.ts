import type { Verdict } from "../../history/verdict.ts";
import { mapConcurrently } from "../map-concurrently.ts";
import type { Group } from "../list/group-releases.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import type { ReleaseCase } from "./judge-release.ts";

/** What GET says that the tags of a group name. */
interface AskedTags {
  /** Those that name another digest than HEAD told, resolved to it. */
  readonly moved: readonly ListedRelease[];
  /** The rest of the group, or null if nothing is left. */
  readonly kept: Group | null;
  /** The verdict on the rest, which waits if one of its tags could not be asked. */
  readonly verdict: Verdict;
}

/**
 * Asks by GET what the tags of a release name, before it is called unsigned or untrusted for the first time, or if what they name seems to
 * be missing: HEAD may be older than the registry (architecture section 3). Returns null if nothing is to be asked.
 */
export async function askTagsAgain(group: Group, { digest, inquiry }: ReleaseCase, verdict: Verdict): Promise<AskedTags | null> {
  if (!mayRestOnHead(verdict) || !inquiry.firstTime) return null;
  const asked = await mapConcurrently(group.releases, async (release) => {
    return { release, answer: await inquiry.main.client.resolveTag(release.tag, { listed: true, by: "GET" }) };
  });
  const moved: ListedRelease[] = [];
  const kept: ListedRelease[] = [];
  let waiting: Verdict | null = null;
  for (const { release, answer } of asked) {
    const isMoved = answer.kind === "found" && answer.value.digest !== digest;
    if (isMoved) moved.push({ ...release, resolution: { kind: "resolved", ...answer.value } });
    else kept.push(release);
    if (answer.kind === "found" || verdict.verdict === "unknown") continue;
    const [reason, detail] =
      answer.kind === "failed" ? [answer.failure.code, answer.failure.detail] : (["listed-but-missing", answer.detail] as const);
    const explanation = `No signature that counts was found, but what ${release.tag} names could not be confirmed: ${detail}`;
    waiting ??= { verdict: "unknown", reason, explanation, signers: [] };
  }
  return { moved, kept: kept.length === 0 ? null : { ...group, releases: kept }, verdict: waiting ?? verdict };
}

function mayRestOnHead({ verdict, reason }: Verdict): boolean {
  return verdict === "unsigned" || verdict === "untrusted" || reason === "listed-but-missing" || reason === "not-found";
}
