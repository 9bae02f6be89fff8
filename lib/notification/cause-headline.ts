import type { Cause, CoverageLoss } from "../history/cause.ts";
import type { Finding } from "../history/state.ts";
import { countOf } from "../text/count-of.ts";
import { formatDay, formatMinute } from "../text/format-time.ts";

/** Renders the words after the release in a subject. `lasting` (`for 7 days`) is left out if they contain a time. Not escaped. */
export function renderHeadline(finding: Finding, lasting = ""): string {
  const says = HEADLINES[finding.cause](finding);
  const during = lasting === "" || says.includes(" since ") ? "" : ` ${lasting}`;
  return `${says}${during}${COMPARED.has(finding.cause) ? comparison(finding) : ""}`;
}

const COMPARED: ReadonlySet<Cause> = new Set<Cause>(["release-unsigned", "release-untrusted"]);

const HEADLINES: Readonly<Record<Cause, (finding: Finding) => string>> = {
  "tag-rolled-back": (finding) => `rolled back to an older image${judged(finding)}`,
  "tag-moved": (finding) => `moved to another image${judged(finding)}`,
  "signature-deleted": (finding) => `lost its signature (deleted)${judged(finding)}`,
  "signature-detached": (finding) => `lost its signature (detached)${judged(finding)}`,
  "signature-misbound": () => "signed for another digest",
  "signature-invalid": () => "has an invalid signature",
  "unexpected-signer": () => "signed by nobody that the policy names",
  "signed-wrong-digest": () => "unsigned, while another digest of it is signed",
  "release-untrusted": (finding) => `untrusted${reason(finding)}`,
  "release-unsigned": () => "unsigned",
  "mirror-gap": ({ facts }) => `not signed here, but in ${facts.mirrorOf ?? "its source"}`,
  "evidence-flooded": () => "unknown: more signatures than can be read",
  "evidence-unreadable": ({ after }) => `unknown: what is stored there cannot be read${after.reason === null ? "" : ` (${after.reason})`}`,
  "release-unreadable": ({ facts, after }) =>
    `cannot be judged${facts.lastSeenBefore === null ? "" : ` since ${formatMinute(facts.lastSeenBefore)} UTC`}${after.reason === null ? "" : `: ${after.reason}`}`,
  "never-judged": ({ tag, after }) =>
    tag === null
      ? "had new tags that nobody could judge before they went"
      : `named an image that nobody could judge${after.verdict === null ? "" : ` (${after.verdict})`}`,
  "signer-changed": ({ facts }) =>
    facts.signerChange === undefined
      ? "signed by another signer"
      : `signed by ${facts.signerChange.signers.join(", ")}${since(facts.signerChange)}`,
  "release-reused": ({ facts }) => `names the image of ${facts.reusedFrom ?? "another version"}`,
  "visibility-changed": ({ facts }) =>
    facts.visibility === undefined ? "signatures are elsewhere" : `signatures are in ${facts.visibility.to.join(", ")} now`,
  "policy-changed": (finding) => `policy${policyName(finding)} changed${counted(finding)}`,
  "trust-changed": (finding) => `roots of trust changed${counted(finding)}`,
  "verifier-changed": (finding) => `Sealwatch judges otherwise${counted(finding)}`,
  "coverage-lost": ({ facts }) => LOST[facts.losses?.[0] ?? "unanswered"](facts.lastSeenBefore),
  "nothing-watched": () => "has no release that is watched",
  "releases-waiting": () => "has more new tags than one night takes in",
  "repository-gone": () => "is gone from its registry",
  "repository-appeared": ({ facts }) => `is new: ${describeCounts(facts.counts)}`,
  "never-signed": () => "has no signed release",
  "retention-ahead": ({ facts }) => describeRetention(facts.retention),
  "exemption-ending": ({ facts }) =>
    `exemption of ${facts.exemption?.tags.join(", ") ?? "releases"} ends ${facts.exemption?.until.slice(0, 10) ?? "soon"}`,
};

/** Only silence has lasted since an earlier audit: an incomplete list was read tonight. */
const LOST: Readonly<Record<CoverageLoss, (lastSeen: string | null) => string>> = {
  refused: () => "cannot be audited: the registry refuses the credentials",
  incomplete: () => "cannot be audited as a whole: its tag list broke off",
  unanswered: (lastSeen) => (lastSeen === null ? "cannot be audited" : `not audited since ${formatMinute(lastSeen)} UTC`),
  gone: () => "misses releases that were there before",
};

function describeCounts(counts: Finding["facts"]["counts"]): string {
  if (counts === undefined) return "audited from now on";
  const wrong = [counts.unsigned > 0 && `${counts.unsigned} unsigned`, counts.untrusted > 0 && `${counts.untrusted} untrusted`];
  return [countOf(counts.releases, "release"), `${counts.signed} signed`, ...wrong.filter((part) => part !== false)].join(", ");
}

function describeRetention(retention: Finding["facts"]["retention"]): string {
  if (retention === undefined) return "will lose signatures of releases that stay";
  const { signatures, at, rule } = retention;
  return `will lose ${countOf(signatures, "signature")} from ${formatDay(at)} on, by the policy "${rule}"`;
}

function since({ before, returned }: { readonly before: readonly string[]; readonly returned: boolean }): string {
  return `${returned ? ", a signer of long ago" : ""} (before: ${before.join(", ")})`;
}

function policyName({ facts }: Finding): string {
  return facts.policy?.name ? ` ${facts.policy.name}` : "";
}

/** Returns `: 12 releases now untrusted; 1 loosening`. */
function counted({ facts }: Finding): string {
  const { policy } = facts;
  if (policy === undefined) return "";
  const flips = Object.entries(policy.byVerdict).map(
    ([word, count], at) => `${count}${at === 0 ? (count === 1 ? " release" : " releases") : ""} now ${word}`,
  );
  const loosened =
    policy.loosened.length === 0 ? [] : policy.loosened.length === 1 ? policy.loosened : [`${policy.loosenedCount} loosenings`];
  const parts = [...flips, ...loosened];
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function judged({ after }: Finding): string {
  return after.verdict === null ? "" : `, now ${after.verdict}`;
}

function reason({ after }: Finding): string {
  return after.reason === null ? "" : `: ${after.reason}`;
}

/** Names what makes it a regression: the release was better before, or another one is. */
function comparison({ before, facts, tag }: Finding): string {
  if (before?.verdict === "signed") return " (it was signed)";
  return facts.signedBefore === null || facts.signedBefore.tag === tag ? "" : ` (${facts.signedBefore.tag} was signed)`;
}
