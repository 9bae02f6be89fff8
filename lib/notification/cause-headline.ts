import type { Cause } from "../history/cause.ts";
import type { Finding } from "../history/state.ts";
import { formatMinute } from "./format-time.ts";

/** What the subject says after the release: a few words for each cause, from recorded facts only. Not escaped. */
export function renderHeadline(finding: Finding): string {
  return HEADLINES[finding.cause](finding);
}

const HEADLINES: Readonly<Record<Cause, (finding: Finding) => string>> = {
  "tag-rolled-back": (finding) => `rolled back to an older image${judged(finding)}`,
  "tag-moved": (finding) => `moved to another image${judged(finding)}`,
  "signature-deleted": (finding) => `lost its signature (deleted)${judged(finding)}`,
  "signature-detached": (finding) => `lost its signature (detached)${judged(finding)}`,
  "signature-misbound": () => "signed for another digest",
  "signature-invalid": () => "has an invalid signature",
  "unexpected-signer": () => "signed by nobody that the policy names",
  "signed-wrong-digest": () => "unsigned, while another digest of it is signed",
  "release-untrusted": (finding) => `untrusted${reason(finding)}${comparison(finding)}`,
  "release-unsigned": (finding) => `unsigned${comparison(finding)}`,
  "evidence-flooded": () => "unknown: more signatures than can be read",
  "coverage-lost": (finding) =>
    finding.facts.lastSeenBefore === null ? "cannot be audited" : `not audited since ${formatMinute(finding.facts.lastSeenBefore)} UTC`,
  "never-signed": () => "has no signed release",
};

function judged({ after }: Finding): string {
  return after.verdict === null ? "" : `, now ${after.verdict}`;
}

function reason({ after }: Finding): string {
  return after.reason === null ? "" : `: ${after.reason}`;
}

/** The release itself was better before, or another one is: that is what makes it a regression. */
function comparison({ before, facts, tag }: Finding): string {
  if (before?.verdict === "signed") return " (it was signed)";
  return facts.signedBefore === null || facts.signedBefore.tag === tag ? "" : ` (${facts.signedBefore.tag} was signed)`;
}
