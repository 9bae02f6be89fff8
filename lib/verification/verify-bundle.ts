import { hexOf } from "../oci/digest.ts";
import { judgeContent } from "./judge-content.ts";
import { matchSigner, type SignerClaim } from "./match-signer.ts";
import { reject, type Outcome, type VerificationContext } from "./outcome.ts";
import { parseBundle } from "./parse-bundle.ts";
import { loadPolicyKeys } from "./policy-keys.ts";
import { verifyEnvelope } from "./verify-envelope.ts";
import { verifyPrehashed } from "./verify-prehashed.ts";

/**
 * Verifies a Sigstore bundle. What cannot be read counts as a signature that is there.
 * https://docs.sigstore.dev/about/bundle/
 */
export function verifyBundle(bytes: Uint8Array, context: VerificationContext): Outcome[] {
  const parsed = parseBundle(bytes);
  if (parsed.kind === "malformed") return [reject("unverifiable", parsed.detail)];
  const { bundle } = parsed;
  if (bundle.content.kind === "message") return [verifyMessage(bundle.content, bundle, context)];
  return verifyEnvelope(bundle.content.envelope, { claim: bundle.claim, logged: bundle.logged, evidence: "signature" }, context);
}

/**
 * A signature over the bytes of the manifest itself, of which the digest is what we have. Only the target's own digest is ever
 * verified: over a digest of the attacker's choice an ECDSA signature can be made without the key.
 */
function verifyMessage(
  message: { readonly digest: Uint8Array; readonly signature: Uint8Array | null },
  { claim, logged }: { readonly claim: SignerClaim; readonly logged: boolean },
  context: VerificationContext,
): Outcome {
  const { digest, signature } = message;
  if (signature === null || signature.length === 0) return reject("invalid-signature", "a bundle whose signature is not base64");
  const hex = Buffer.from(digest).toString("hex");
  if (!context.target.startsWith("sha256:") || hex !== hexOf(context.target)) {
    return reject("unverifiable", `a message signature that says to be over ${hex.slice(0, 128)} and not over ${context.target}`);
  }
  const keys = loadPolicyKeys(context.policy);
  const matched = matchSigner(keys, signature, (key) => verifyPrehashed(key, digest, signature) === "verified", claim);
  if (matched.kind === "matched") {
    const content = { kind: "read", namesTarget: true, named: context.target, annotations: {} } as const;
    return judgeContent(matched.key, content, { evidence: "signature", predicateType: null, logged }, context);
  }
  const cannotTell = keys.some(({ key }) => verifyPrehashed(key, digest, signature) === "unsupported");
  if (cannotTell || claim.kind === "certificate") {
    return reject("unverifiable", "a message signature, which this version verifies for RSA keys only");
  }
  return reject(matched.reason, matched.detail);
}
