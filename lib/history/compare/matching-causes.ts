import type { Digest } from "../../oci/digest.ts";
import type { Severity } from "../../watchlist/watch-list.ts";
import { causeOfVerdict } from "./cause-of-verdict.ts";
import { CAUSES, type Cause, type MoveCause } from "../cause.ts";
import type { DigestOrder } from "./digest-order.ts";
import type { SignerChange } from "./signer-change.ts";
import type { Judgement } from "../state.ts";
import type { Verdict } from "../verdict.ts";

/** The facts of tonight that the table of causes reads. */
interface CauseFacts {
  readonly isVersionTag: boolean;
  readonly digest: Digest;
  /** The digest that the tag named before, or null for a new tag. */
  readonly previousDigest: Digest | null;
  readonly last: Judgement | null;
  readonly verdict: Verdict;
  readonly lostSignature: "deleted" | "detached" | null;
  readonly order: DigestOrder;
  readonly namedByVersionTag: boolean;
  readonly signerChange: SignerChange | null;
  readonly reusedFrom: string | null;
  readonly signedAtSource: boolean;
}

/**
 * Returns all causes of architecture section 5 that match a release tonight, in the order of the table; the first one counts. An unsigned
 * or untrusted release has at least one. A signed release may have a move of its tag, another signer, or a reused digest. An unknown or
 * pending release has none.
 */
export function matchCauses(facts: CauseFacts): Cause[] {
  return [matchMove(facts), matchLoss(facts), matchVerdict(facts), ...matchNewVersion(facts)].filter((cause) => cause !== null);
}

/**
 * Returns the table's severity, except that a version tag which moved forward to a signed digest is a notice, and the return of a signer
 * that was used long ago is an alert.
 */
export function severityOf(cause: Cause, facts: Pick<CauseFacts, "verdict" | "order" | "signerChange">): Severity {
  if (cause === "signer-changed" && facts.signerChange?.returned) return "alert";
  if (cause === "tag-moved" && facts.verdict.verdict === "signed" && facts.order === "newer") return "notice";
  return CAUSES[cause].severity;
}

/** A release that lacks in a mirror what its digest has at the source was not copied as a whole. */
function matchVerdict({ verdict, signedAtSource }: CauseFacts): Cause | null {
  const cause = causeOfVerdict(verdict);
  return signedAtSource && (cause === "release-unsigned" || cause === "release-untrusted") ? "mirror-gap" : cause;
}

/**
 * Returns how a tag moved, or null. It needs no verdict, except for a moving tag that goes forward: that one counts only on a digest that is
 * unsigned, so that an outage in the night of a push tells nothing.
 */
export function matchMove(
  facts: Pick<CauseFacts, "previousDigest" | "digest" | "order" | "isVersionTag" | "verdict" | "namedByVersionTag">,
): MoveCause | null {
  const moved = facts.previousDigest !== null && facts.previousDigest !== facts.digest;
  if (!moved) return null;
  if (facts.order === "older") return "tag-rolled-back";
  if (facts.isVersionTag) return "tag-moved";
  return facts.verdict.verdict === "unsigned" && !facts.namedByVersionTag ? "tag-moved" : null;
}

/** Whether the version tag is signed by its first verdict or, as far as its signer is concerned, for the first time after a bad one. */
function matchNewVersion({ isVersionTag, last, previousDigest, digest, verdict, signerChange, reusedFrom }: CauseFacts): (Cause | null)[] {
  if (!isVersionTag || verdict.verdict !== "signed" || (previousDigest !== null && previousDigest !== digest)) return [];
  const isFirst = last === null || last.verdict !== "signed";
  return [isFirst && signerChange !== null ? "signer-changed" : null, last === null && reusedFrom !== null ? "release-reused" : null];
}

function matchLoss({ last, digest, verdict, lostSignature }: CauseFacts): Cause | null {
  const wasSigned = last !== null && (last.verdict === "signed" || last.formerSigners !== undefined) && last.digest === digest;
  if (!wasSigned || lostSignature === null) return null;
  if (verdict.verdict !== "unsigned" && verdict.verdict !== "untrusted") return null;
  return lostSignature === "deleted" ? "signature-deleted" : "signature-detached";
}
