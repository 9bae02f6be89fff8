import type { Severity } from "../watchlist/watch-list.ts";

/**
 * The causes of architecture section 5, in the order of its table. `tag-moved` may be a notice, and `signer-changed` an alert. A state ends
 * when the registry is right again; an event ends by acknowledgement, reversal or age.
 */
export const CAUSES = {
  "tag-rolled-back": { severity: "alert", lasting: "event" },
  "tag-moved": { severity: "alert", lasting: "event" },
  "signature-deleted": { severity: "alert", lasting: "state" },
  "signature-detached": { severity: "alert", lasting: "state" },
  "signature-misbound": { severity: "alert", lasting: "state" },
  "signature-invalid": { severity: "alert", lasting: "state" },
  "unexpected-signer": { severity: "alert", lasting: "state" },
  "signed-wrong-digest": { severity: "alert", lasting: "state" },
  "release-untrusted": { severity: "alert", lasting: "state" },
  "release-unsigned": { severity: "alert", lasting: "state" },
  "mirror-gap": { severity: "alert", lasting: "state" },
  "evidence-flooded": { severity: "alert", lasting: "state" },
  "evidence-unreadable": { severity: "alert", lasting: "state" },
  "release-unreadable": { severity: "alert", lasting: "state" },
  "never-judged": { severity: "alert", lasting: "event" },
  "signer-changed": { severity: "warning", lasting: "event" },
  "release-reused": { severity: "warning", lasting: "event" },
  "visibility-changed": { severity: "warning", lasting: "event" },
  "policy-changed": { severity: "warning", lasting: "event" },
  "trust-changed": { severity: "warning", lasting: "event" },
  "verifier-changed": { severity: "warning", lasting: "event" },
  "coverage-lost": { severity: "alert", lasting: "state" },
  "nothing-watched": { severity: "warning", lasting: "state" },
  "releases-waiting": { severity: "warning", lasting: "state" },
  "repository-gone": { severity: "alert", lasting: "state" },
  "repository-appeared": { severity: "notice", lasting: "event" },
  "never-signed": { severity: "warning", lasting: "state" },
  "retention-ahead": { severity: "warning", lasting: "state" },
  "exemption-ending": { severity: "notice", lasting: "event" },
} as const satisfies Record<string, { severity: Severity; lasting: "state" | "event" }>;

export type Cause = keyof typeof CAUSES;
/** What changed if the image did not. */
export type EpochCause = "policy-changed" | "trust-changed" | "verifier-changed";

/** The tag names another image. That is a fact of the tag, which needs no verdict. */
export type MoveCause = "tag-moved" | "tag-rolled-back";
/** Nobody can judge the release. Each of them ends with the next definitive verdict. */
export type UnreadCause = "evidence-flooded" | "evidence-unreadable" | "release-unreadable";

export function isMoveCause(cause: Cause | null): cause is MoveCause {
  return cause === "tag-moved" || cause === "tag-rolled-back";
}

export function isUnreadCause(cause: Cause | null): cause is UnreadCause {
  return cause === "evidence-flooded" || cause === "evidence-unreadable" || cause === "release-unreadable";
}

/** Exemptions and `signedSince` never cover these causes (architecture section 5). */
export const NEVER_EXEMPT: ReadonlySet<Cause> = new Set<Cause>([
  "tag-moved",
  "tag-rolled-back",
  "unexpected-signer",
  "signature-invalid",
  "signature-misbound",
  "signature-deleted",
]);

/** What `coverage-lost` reports: refused credentials, a list without end, no answer for too long, or known releases that are gone. */
export type CoverageLoss = "refused" | "incomplete" | "unanswered" | "gone";
