import type { Severity } from "../watchlist/watch-list.ts";

/** Causes of architecture section 5 that this version finds. Severity is what the table there says; `tag-moved` may be a notice. */
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
  "evidence-flooded": { severity: "alert", lasting: "state" },
  "coverage-lost": { severity: "alert", lasting: "state" },
  "never-signed": { severity: "warning", lasting: "state" },
} as const satisfies Record<string, { severity: Severity; lasting: "state" | "event" }>;

export type Cause = keyof typeof CAUSES;

/** Exemptions and `signedSince` never cover these (architecture section 5). */
export const NEVER_EXEMPT: ReadonlySet<Cause> = new Set<Cause>([
  "tag-moved",
  "tag-rolled-back",
  "unexpected-signer",
  "signature-invalid",
  "signature-misbound",
  "signature-deleted",
]);
