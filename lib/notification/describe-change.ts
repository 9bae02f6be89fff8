import type { PolicyFacts } from "../history/policy-facts.ts";
import type { ChangeFacts } from "../history/state.ts";
import { escapeText } from "../text/escape.ts";

/** Describes who signed the release and who signed those before it, in one or two sentences. Escaped. */
export function describeSignerChange(change: ChangeFacts["signerChange"]): string {
  if (change === undefined) return "this release is signed by another signer than the ones before it.";
  const { signers, before, returned } = change;
  const first = `this release is signed by ${names(signers)}; the two releases before it by ${names(before)}.`;
  return returned ? `${first} None of the last five releases had that signer.` : first;
}

/** Describes which clients stop seeing the signatures of a signer. */
export function describeVisibility(visibility: ChangeFacts["visibility"]): string {
  if (visibility === undefined) return "signatures are in another place than before.";
  const { signer, from, to } = visibility;
  return `the signatures of ${escapeText(signer)} were in ${from.join(", ")}, now they are only in ${to.join(", ")}: clients that look nowhere else than in ${from.join(", ")} do not find them any more.`;
}

/** Describes how a change of policy affected verdicts, with some releases by name, and what it newly allows. */
export function describePolicy(policy: PolicyFacts | undefined, why: string): string {
  if (policy === undefined) return `${why}.`;
  const flips = Object.entries(policy.byVerdict).map(([word, count]) => `${count} now ${word}`);
  const examples = policy.examples.map(
    ({ repository, tag, from, to }) => `\n  ${escapeText(repository)} ${escapeText(tag)}: ${from}, now ${to}`,
  );
  const more = policy.flips > policy.examples.length ? `\n  … and ${policy.flips - policy.examples.length} more` : "";
  const counts = policy.flips === 0 ? "No verdict changed by it" : `Verdicts: ${flips.join(", ")}`;
  const loosened = policy.loosened.map((phrase) => `\n  Looser: ${escapeText(phrase)}`).join("");
  const hidden = policy.loosenedCount - policy.loosened.length;
  const others = hidden > 0 ? `\n  … and ${hidden} more like that` : "";
  return `${why}. ${counts}.${loosened}${others}${examples.join("")}${more}`;
}

function names(signers: readonly string[]): string {
  return signers.map((signer) => escapeText(signer)).join(", ");
}
