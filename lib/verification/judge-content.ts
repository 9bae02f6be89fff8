import type { Policy, Signer } from "../watchlist/watch-list.ts";
import { digestOf } from "../oci/digest.ts";
import type { Outcome } from "./candidate-result.ts";
import type { VerificationContext } from "./verification-context.ts";
import { readProvenance } from "./form/provenance.ts";
import type { EvidenceItem, SignedContent } from "./form/read-evidence.ts";
import type { SignerSearch } from "./signer-search.ts";

/**
 * Judges whether bytes that a signer of the policy signed satisfy the policy for the target: digest first, then annotations, then the
 * signer's `until`. The first that fails is the reason. If a signature is of several entries, it speaks for the first that still counts.
 */
export function judgeContent(found: Extract<SignerSearch, { kind: "found" }>, item: EvidenceItem, context: VerificationContext): Outcome {
  const { entries, proof } = found;
  const { predicateType } = item;
  const { evidence } = item.evidence;
  const name = entries[0]!.name;
  const base = { evidence, predicateType, proof };
  const wrong = (reason: "unverifiable" | "wrong-digest" | "policy-unmet" | "expired", detail: string): Outcome => ({
    ...base,
    kind: "rejected",
    reason,
    detail: `signed by ${name}, ${detail}`,
    bySigner: reason !== "unverifiable",
  });
  const content = readContent(item, context);
  if (content.kind === "malformed") return wrong("unverifiable", `but ${content.detail}`);
  if (!content.namesTarget) return wrong("wrong-digest", `but for ${content.named} and not for ${context.target}`);
  const missing = countsAsSigned(evidence, context.policy) ? missingAnnotations(context.policy, content.annotations) : "";
  if (missing !== "") return wrong("policy-unmet", `but without the annotation ${missing}`);
  const counting = entries.filter(({ until }) => until === null || context.firstSeen < until);
  const [first] = counting;
  if (first === undefined) return wrong("expired", "which counts only for digests first seen before its end");
  const { identity, issuer, times } = proof;
  const signer = { signer: first.name, kind: first.kind, identity, issuer, signedAt: times[0]?.at ?? null };
  const provenance = readProvenance(predicateType, content.predicate);
  return {
    ...base,
    kind: "verified",
    signer,
    entries: counting.map((entry: Signer) => entry.name),
    provenance,
    detail: describeSigner(first, proof),
  };
}

/** Statements about files may name them by SHA-512, which is known only if the bytes are at hand. */
function readContent(item: EvidenceItem, { target, artifact }: VerificationContext): SignedContent {
  const content = item.content(target);
  if (content.kind === "malformed" || content.namesTarget || artifact === null) return content;
  const byOther = item.content(digestOf(artifact, "sha512"));
  return byOther.kind === "read" && byOther.namesTarget ? byOther : content;
}

function describeSigner(signer: Signer, { kind, identity, times }: Extract<SignerSearch, { kind: "found" }>["proof"]): string {
  const whom = kind === "key" ? "" : ` (${identity})`;
  const when = times[0] === undefined ? "" : `, ${times[0].at} by ${times[0].by}`;
  return `signed by ${signer.name}${whom}${when}`;
}

/** Annotations are demanded of evidence that makes a release signed, but not of attestations that are required beside it. */
function countsAsSigned(evidence: "signature" | "attestation", { accept }: Policy): boolean {
  return evidence === "signature" || accept.includes("attestation");
}

function missingAnnotations({ annotations }: Policy, actual: Readonly<Record<string, unknown>>): string {
  const missing = Object.entries(annotations).filter(([name, value]) => ownValue(actual, name) !== value);
  return missing.map(([name, value]) => `${name}=${value}`).join(", ");
}

/** Reads own members only, never the prototype's: the names come from the watch list, the object from signed JSON. */
function ownValue(annotations: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}
