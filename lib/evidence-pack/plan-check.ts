import type { Candidate } from "../discovery/candidate.ts";
import { COSIGN_SIGNATURE } from "../oci/cosign-annotations.ts";
import type { Digest } from "../oci/digest.ts";
import type { ReportRelease } from "../report/report-model.ts";
import type { VerifiedSigner } from "../verification/candidate-result.ts";
import { readEvidence } from "../verification/form/forms.ts";
import type { Policy } from "../watchlist/watch-list.ts";
import { candidatesOf } from "../audit/judge/inquiry.ts";
import type { ReleaseFacts } from "../audit/judge/recorded-facts.ts";
import { isBeyondCosign } from "./is-beyond-cosign.ts";

/** The question to cosign about one recorded signature: a payload with a signature, a bundle, or a separate envelope. */
export type Attempt =
  | { readonly kind: "simple"; readonly payload: Digest; readonly signature: string }
  | { readonly kind: "bundle" | "envelope"; readonly layer: Digest; readonly predicateType: string };

/** One signer of a release. One of the attempts must succeed with the signer's key. */
interface SignerCheck {
  readonly target: Digest;
  /** The signer's name in the policy. */
  readonly signer: string;
  readonly attempts: readonly Attempt[];
}

/** How to check a recorded verdict again, or briefly why that is impossible. */
export type CheckPlan =
  /** `beyond` names what the verdict rests on besides signatures by keys. */
  | { readonly kind: "check"; readonly signers: readonly SignerCheck[]; readonly beyond: readonly string[] }
  | { readonly kind: "skip"; readonly why: string };

/** The reason for a signed release without evidence. */
export const NOT_RECORDED = "not recorded";

type Facts = ReleaseFacts["targets"][number];

/**
 * Plans what a released cosign can check of a signed release: that as many different keys as the policy demands signed each of its digests.
 * `facts` are those of the verdict, with the bytes of their candidates. Pure.
 */
export function planCheck({ digest, verdict, state, signers }: ReportRelease, { targets }: ReleaseFacts, policy: Policy): CheckPlan {
  if (verdict !== "signed") return skip(state);
  if (targets.length === 0) return skip(NOT_RECORDED);
  const plans = targets.map((target) => planTarget(target, signers, policy));
  const refused = plans.find((plan) => plan.kind === "skip");
  if (refused !== undefined) return refused;
  const checks = plans.flatMap((plan) => (plan.kind === "check" ? plan.signers : []));
  const isOther = targets.some((target) => target.digest !== digest);
  return { kind: "check", signers: checks, beyond: listBeyond(policy, checks, isOther) };
}

/** Lists what a policy demands besides signatures by keys, and for platforms that they belong to the image. */
function listBeyond(policy: Policy, checks: readonly SignerCheck[], hasOtherTargets: boolean): string[] {
  const used = new Set(checks.map(({ signer }) => signer));
  const ends = policy.signers.some(({ name, until }) => used.has(name) && until !== null);
  return [
    ...(hasOtherTargets ? ["that these are the platforms of the image"] : []),
    ...(Object.keys(policy.annotations).length > 0 ? ["annotations"] : []),
    ...(policy.require.length > 0 ? ["required attestations"] : []),
    ...(policy.transparencyLog === "required" ? ["entries of the transparency log"] : []),
    ...(ends ? ["that it was there before the time of a key ended"] : []),
  ];
}

/** Plans no check, for a reason. */
export function skip(why: string): { kind: "skip"; why: string } {
  return { kind: "skip", why };
}

type TargetPlan = { readonly kind: "check"; readonly signers: readonly SignerCheck[] } | Extract<CheckPlan, { kind: "skip" }>;

function planTarget({ digest, facts }: Facts, signers: readonly VerifiedSigner[], policy: Policy): TargetPlan {
  const candidates = candidatesOf(facts.answers);
  const present = signers.flatMap((signer) => {
    const own = candidates.filter(
      ({ artifact, place, content }) =>
        artifact === signer.artifact && place === signer.place && content.kind === "bytes" && content.bytes.length > 0,
    );
    return own.length === 0 ? [] : [{ signer, own }];
  });
  if (present.length === 0) return skip(NOT_RECORDED);
  const byKey = present.filter(({ signer }) => signer.kind === "key");
  if (new Set(byKey.map(({ signer }) => signer.signer)).size < policy.threshold) {
    const kinds = new Set(present.map(({ signer }) => signer.kind).filter((kind) => kind !== "key"));
    return skip(kinds.size === 0 ? "not recorded" : [...kinds].toSorted().join(" and "));
  }
  const checks = byKey.map(({ signer, own }): SignerCheck | string => {
    const key = policy.signers.find(({ name }) => name === signer.signer);
    if (key?.kind !== "key" || key.pem === null) return "key in a key service";
    const { pem } = key;
    const known = own.filter((candidate) => !isBeyondCosign(candidate, digest, pem));
    if (known.length === 0) return "RSA-PSS or Ed25519ph";
    const attempts = known.flatMap((candidate) => attemptOf(candidate, digest) ?? []);
    return attempts.length === 0 ? "signed in a form that needs the image" : { target: digest, signer: signer.signer, attempts };
  });
  const refused = checks.find((check) => typeof check === "string");
  return refused === undefined ? { kind: "check", signers: checks.filter((check) => typeof check !== "string") } : skip(refused);
}

/** Returns null if cosign needs the registry for this form. */
function attemptOf(candidate: Candidate, target: Digest): Attempt | null {
  const { form, layer, annotations } = candidate;
  if (form === "simple-signing") {
    const signature = annotations[COSIGN_SIGNATURE] ?? "";
    return signature === "" ? null : { kind: "simple", payload: layer, signature };
  }
  if (form !== "sigstore-bundle" && form !== "dsse-attestation") return null;
  const read = readEvidence(candidate, { target, artifact: null });
  const [item] = read.kind === "read" ? read.items : [];
  const predicateType = item === undefined || "kind" in item ? null : item.predicateType;
  // cosign gives other words a meaning of their own.
  if (predicateType === null || !/^https?:\/\/[\x21-\x7e]{1,256}$/.test(predicateType)) return null;
  return { kind: form === "sigstore-bundle" ? "bundle" : "envelope", layer, predicateType };
}
