import { COSIGN_SIGNATURE } from "../../oci/cosign-annotations.ts";
import type { Digest } from "../../oci/digest.ts";
import type { JsonObject } from "../../oci/parse-json.ts";
import { decodeBase64 } from "./decode-base64.ts";
import type { SignatureEvidence } from "./evidence.ts";
import { ANNOTATION_LIMIT_CHARACTERS, SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES } from "../limits.ts";
import { mentions } from "./mentions.ts";
import { unusable, type ReadEvidence, type SignedContent, type SignedFormReader } from "./read-evidence.ts";
import { parseSimpleSigningPayload } from "./parse-simple-signing-payload.ts";
import { claimOfAnnotations, chainOfAnnotations, logEntriesOfAnnotations, timestampsOfAnnotations } from "./signature-annotations.ts";

/**
 * One layer of cosign's simple signing: the signature in the annotation, over the payload bytes as downloaded.
 * The payload is parsed only for what it binds, and only once a signer is found.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export const SIMPLE_SIGNING: SignedFormReader = { kind: "signed", evidence: "signature", read: readSimpleSigning };

function readSimpleSigning(payload: Uint8Array, annotations: Readonly<Record<string, string>>): ReadEvidence {
  if (payload.length > SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES)
    return unusable("unverifiable", `a payload of ${payload.length} bytes, past the limit of ${SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES}`);
  const encoded = annotations[COSIGN_SIGNATURE] ?? "";
  if (encoded.length > ANNOTATION_LIMIT_CHARACTERS)
    return unusable(
      "unverifiable",
      `a signature annotation of ${encoded.length} characters, past the limit of ${ANNOTATION_LIMIT_CHARACTERS}`,
    );
  const signature = decodeBase64(encoded);
  if (signature === null) return unusable("invalid-signature", "a signature annotation that is not base64");
  if (signature.length === 0) return unusable("invalid-signature", "a layer for a signature, without a signature in its annotations");
  const evidence: SignatureEvidence = {
    evidence: "signature",
    signature,
    signed: { kind: "bytes", bytes: payload },
    claim: claimOfAnnotations(annotations),
    chain: chainOfAnnotations(annotations),
    logEntries: logEntriesOfAnnotations(annotations),
    timestamps: timestampsOfAnnotations(annotations),
    stamped: signature,
    envelope: null,
  };
  const couldName = (target: Digest): boolean => mentions(payload, target);
  return { kind: "read", items: [{ evidence, predicateType: null, couldName, content: (target) => readContent(payload, target) }] };
}

function readContent(payload: Uint8Array, target: string): SignedContent {
  const parsed = parseSimpleSigningPayload(payload);
  if (parsed.kind === "malformed") return parsed;
  const { digest, annotations } = parsed.payload;
  return { kind: "read", namesTarget: digest === target, named: digest, annotations, predicate: NOTHING };
}

const NOTHING: JsonObject = {};
