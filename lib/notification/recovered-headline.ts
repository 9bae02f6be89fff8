import { isUnreadCause } from "../history/cause.ts";
import type { Finding } from "../history/state.ts";
import { BACK_AT_LEFT_DIGEST } from "../history/state.ts";

/** Returns how a finding ended, in words that follow the release. It states only what was seen at the end. Not escaped. */
export function recoveredHeadline(finding: Finding): string {
  const { cause, ended, facts } = finding;
  if (cause === "coverage-lost") return facts.losses?.[0] === "gone" ? "has its releases again" : "audited again";
  if (cause === "repository-gone") return "is in its registry again";
  if (cause === "never-signed") return "has its first signed release";
  if (cause === "retention-ahead") return `will lose no more signatures by the policy "${facts.retention?.rule ?? "of its registry"}"`;
  if (cause === "nothing-watched") return "has a release that is watched";
  if (cause === "releases-waiting") return "has no new tag that waits";
  if (isUnreadCause(cause) && ended !== undefined)
    return `${cause === "evidence-flooded" ? "no longer flooded" : "can be judged again"}${ended.verdict === null ? "" : `, now ${ended.verdict}`}`;
  return `${release(finding)} (was ${cause})`;
}

function release(finding: Finding): string {
  const { ended, resolution } = finding;
  if (resolution === BACK_AT_LEFT_DIGEST) return "back at the image that it left";
  if (ended === undefined || ended.verdict === null) return "recovered";
  if (ended.verdict !== "signed") return `now ${ended.verdict}`;
  if (namesAnotherImage(finding)) return "now names a signed image";
  if (isStillMoved(finding)) return "not moved back, but its image is signed now";
  return wasSigned(finding) ? "signed again" : "signed now";
}

/** Reports whether the tag named another image when the finding ended than when it opened. */
export function namesAnotherImage({ digest, ended }: Finding): boolean {
  return ended !== undefined && ended.digest !== null && ended.digest !== digest;
}

/** Reports whether a tag that moved still names the image that it moved to. */
export function isStillMoved({ cause, digest, ended, resolution }: Finding): boolean {
  const moved = cause === "tag-moved" || cause === "tag-rolled-back";
  return moved && resolution !== BACK_AT_LEFT_DIGEST && ended?.verdict === "signed" && ended.digest === digest;
}

function wasSigned({ cause, before }: Finding): boolean {
  return before?.verdict === "signed" || cause === "signature-deleted" || cause === "signature-detached";
}
