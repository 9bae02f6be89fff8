import { decodeBase64 } from "./decode-base64.ts";
import { judgeContent, type SignedContent } from "./judge-content.ts";
import { ANNOTATION_LIMIT_CHARACTERS, SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES } from "./limits.ts";
import { matchSigner } from "./match-signer.ts";
import { reject, type Outcome, type VerificationContext } from "./outcome.ts";
import { parseSimpleSigningPayload } from "./parse-simple-signing-payload.ts";
import { loadPolicyKeys } from "./policy-keys.ts";
import { claimOfAnnotations, hasLogEntry } from "./signature-annotations.ts";
import { verifySignature } from "./verify-signature.ts";

const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

/**
 * Verifies one layer of cosign's simple signing: the signature in the annotation, over the payload bytes as downloaded.
 * The payload is parsed only after a key of the policy verified it.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export function verifySimpleSigning(
  payload: Uint8Array,
  annotations: Readonly<Record<string, string>>,
  context: VerificationContext,
): Outcome {
  if (payload.length > SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES) {
    return reject("unverifiable", `a payload of ${payload.length} bytes, past the limit of ${SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES}`);
  }
  const encoded = annotations[SIGNATURE_ANNOTATION] ?? "";
  if (encoded.length > ANNOTATION_LIMIT_CHARACTERS) {
    return reject(
      "unverifiable",
      `a signature annotation of ${encoded.length} characters, past the limit of ${ANNOTATION_LIMIT_CHARACTERS}`,
    );
  }
  const signature = decodeBase64(encoded);
  if (signature === null) return reject("invalid-signature", "a signature annotation that is not base64");
  if (signature.length === 0) return reject("invalid-signature", "a layer for a signature, without a signature in its annotations");
  const claim = claimOfAnnotations(annotations);
  const matched = matchSigner(loadPolicyKeys(context.policy), signature, (key) => verifySignature(key, payload, signature), claim);
  if (matched.kind === "refused") return reject(matched.reason, matched.detail);
  const logged = hasLogEntry(annotations);
  return judgeContent(matched.key, readContent(payload, context), { evidence: "signature", predicateType: null, logged }, context);
}

function readContent(bytes: Uint8Array, context: VerificationContext): SignedContent {
  const parsed = parseSimpleSigningPayload(bytes);
  if (parsed.kind === "malformed") return parsed;
  const { digest, annotations } = parsed.payload;
  return { kind: "read", namesTarget: digest === context.target, named: digest, annotations };
}
