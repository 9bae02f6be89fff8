import type { Cause } from "../history/cause.ts";
import { describePolicy, describeSignerChange, describeVisibility } from "./describe-change.ts";
import type { Finding, Snapshot } from "../history/state.ts";
import { shortDigest } from "../oci/digest.ts";
import { copyCommands } from "./copy-commands.ts";
import { escapeText } from "../text/escape.ts";
import { formatMinute } from "../text/format-time.ts";

/** Our own sentences quote foreign text, so they are longer than one piece of it. */
const SENTENCE_LIMIT_CHARACTERS = 512;

/** Returns sentences for on-call, one per line: the cause, then the explanation of the audit. Escaped. */
export function renderWhatHappened(finding: Finding): string[] {
  const explanation = escapeText(finding.facts.explanation, SENTENCE_LIMIT_CHARACTERS).replace(/\.$/, "");
  return [SENTENCES[finding.cause](finding), ...(explanation === "" ? [] : [`The audit says: ${explanation}.`]), ...others(finding)];
}

const SENTENCES: Readonly<Record<Cause, (finding: Finding) => string>> = {
  "tag-rolled-back": (finding) => `this tag went back to an older image${moved(finding)}.`,
  "tag-moved": (finding) => `this tag names another image than before${moved(finding)}.`,
  "signature-deleted": (finding) => `the signature of this release is gone from the registry${wasSigned(finding)}.`,
  "signature-detached": (finding) => `the signature of this release is still stored, but no place lists it any more${wasSigned(finding)}.`,
  "signature-misbound": () => "a signer of the policy signed another digest; that signature is attached to this release.",
  "signature-invalid": () => "the signature of this release is damaged or forged: it does not verify with the key that it names.",
  "unexpected-signer": () => "this release carries a signature, but of none of the signers that the policy names.",
  "signed-wrong-digest": () => "what this tag names carries no signature, although another digest that belongs to it is signed.",
  "release-untrusted": () => "this release carries a signature that does not satisfy the policy.",
  "release-unsigned": () => "this release carries no signature.",
  "mirror-gap": (finding) => describeGap(finding),
  "evidence-flooded": () =>
    "more signature-like things are attached to this release than may be read, and none of those read satisfies the policy.",
  "evidence-unreadable": () =>
    "what is stored beside this release cannot be read, so nobody can tell whether it is signed. Its content does that, and not an outage of the registry.",
  "release-unreadable": () =>
    "this release could not be judged for longer than the watch list allows (unknownFor), although its repository answered.",
  "never-judged": ({ tag }) =>
    tag === null
      ? "more new tags were pushed than one night takes in, and some of them were removed before their turn came."
      : "this tag named an image, and names it no more. Nobody could judge the image while it was served under this tag.",
  "signer-changed": ({ facts }) => describeSignerChange(facts.signerChange),
  "release-reused": ({ facts }) =>
    `this version names an image that was first released as ${escapeText(facts.reusedFrom ?? "another version")}.`,
  "visibility-changed": ({ facts }) => describeVisibility(facts.visibility),
  "policy-changed": ({ facts }) => describePolicy(facts.policy, "the watch list changed, the images did not"),
  "trust-changed": ({ facts }) => describePolicy(facts.policy, "the roots of trust changed, the images did not"),
  "verifier-changed": ({ facts }) => describePolicy(facts.policy, "this version of Sealwatch judges otherwise, the images did not change"),
  "coverage-lost": () => "this repository could not be audited as it should be; what happens to its signatures is not seen.",
  "nothing-watched": () => "this repository is on the watch list, but no tag of it is a release. No signature is missed there.",
  "releases-waiting": () => "more new tags were pushed than one night takes in. Those that wait are not judged yet.",
  "repository-gone": () =>
    "this repository is gone from its registry. It was deleted or renamed, or the credentials may not see it any more. Its releases are not audited.",
  "repository-appeared": () => "the registry lists a repository that it did not list before. It is audited from now on.",
  "never-signed": () =>
    "none of the releases that were there at the first audit is signed. Single releases are told after the first signed one.",
  "retention-ahead": ({ facts }) => describeRetention(facts.retention),
  "exemption-ending": ({ facts }) =>
    facts.exemption === undefined
      ? "an exemption ends soon; then its releases are judged like any other."
      : `the exemption of ${facts.exemption.tags.map((tag) => escapeText(tag)).join(", ")} (${escapeText(facts.exemption.reason)}, ${escapeText(facts.exemption.owner)}) ends after ${facts.exemption.until.slice(0, 10)}; then its releases are judged like any other.`,
};

function describeRetention(retention: Finding["facts"]["retention"]): string {
  if (retention === undefined) return "a retention rule of the registry will remove signatures of releases that stay.";
  const { repository, rule, how, at, releases, more } = retention;
  const named = [...releases.map((tag) => escapeText(tag)), ...(more === 0 ? [] : [`${more} more`])].join(", ");
  const end = how === "deletes" ? "will be gone" : "will be archived, and not served";
  return `by the policy "${escapeText(rule)}" of ${escapeText(repository)}, signatures of releases that stay ${end}, the first from ${formatMinute(at)} UTC on: ${named}.`;
}

function describeGap(finding: Finding): string {
  const { repository, facts } = finding;
  const commands = copyCommands(finding);
  if (facts.mirrorOf === undefined || commands.length === 0)
    return "this release is signed in the repository that this one mirrors, but not here.";
  const sentence = `this release is signed in ${escapeText(facts.mirrorOf)}, but the same digest is not signed in ${escapeText(repository)}.`;
  return `${sentence} Copy it again with its signatures: ${commands.join(", or ")}.`;
}

function moved({ before, after }: Finding): string {
  if (before === null || before.digest === null || after.digest === null) return "";
  return `: it named ${shortDigest(before.digest)}${words(before)}, now ${shortDigest(after.digest)}${words(after)}`;
}

function words(snapshot: Snapshot): string {
  if (snapshot.verdict === null) return "";
  const by = snapshot.signers.length === 0 ? "" : ` by ${names(snapshot.signers.map((signer) => signer.signer))}`;
  return ` (${snapshot.verdict}${by})`;
}

function wasSigned({ before }: Finding): string {
  if (before === null || before.signers.length === 0) return "";
  return `; at ${formatMinute(before.run)} UTC it was signed by ${names(before.signers.map((signer) => signer.signer))}`;
}

/** Names the signers of other releases for comparison. */
function others({ facts, before }: Finding): string[] {
  const { signedBefore } = facts;
  if (signedBefore === null || before?.verdict === "signed") return [];
  const by = signedBefore.signers.length === 0 ? "" : ` by ${names(signedBefore.signers)}`;
  if (signedBefore.count <= 1) return [`${escapeText(signedBefore.tag)} was signed${by}.`];
  return [`${signedBefore.count} other releases were signed; the highest, ${escapeText(signedBefore.tag)},${by === "" ? " too" : by}.`];
}

function names(signers: readonly string[]): string {
  return [...new Set(signers)].map((signer) => escapeText(signer)).join(", ");
}
