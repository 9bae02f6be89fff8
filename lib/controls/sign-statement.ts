import type { Digest } from "../oci/digest.ts";
import { hexOf } from "../oci/digest.ts";
import { DSSE_ENVELOPE_LAYER, IN_TOTO, SIGSTORE_BUNDLE_V03 } from "../oci/media-types.ts";
import type { TypedBytes } from "./artifact.ts";
import { signBytes, type KeyPair } from "./key-pair.ts";

/** The predicate type of the statement that `cosign sign` of cosign 3 signs. */
export const COSIGN_SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
export const SLSA_PROVENANCE_PREDICATE = "https://slsa.dev/provenance/v1";

/** An unsigned in-toto statement about one digest. */
interface StatementInput {
  readonly digest: Digest;
  readonly predicateType: string;
  readonly predicate: object;
  /** cosign 3 keeps `-a` annotations with the subject. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export function formatStatement(input: StatementInput): string {
  const algorithm = input.digest.slice(0, input.digest.indexOf(":"));
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { [algorithm]: hexOf(input.digest) }, annotations: input.annotations }],
    predicateType: input.predicateType,
    predicate: input.predicate,
  });
}

export interface SignedEnvelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/** Signs a payload over DSSE's pre-authentication encoding. https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
export function signEnvelope(payload: string, key: KeyPair, payloadType = IN_TOTO): SignedEnvelope {
  const body = Buffer.from(payload);
  const encoding = Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `), body]);
  return {
    payload: body.toString("base64"),
    payloadType,
    signatures: [{ sig: signBytes(key, encoding).toString("base64") }],
  };
}

/** Builds a layer of cosign's `.att` manifests: the bare envelope and an empty signature annotation. */
export function buildEnvelopeLayer(envelope: SignedEnvelope, predicateType: string): TypedBytes {
  const { payloadType, payload, signatures } = envelope;
  const document = {
    payloadType,
    payload,
    signatures: signatures.map(({ sig }) => ({ keyid: "", sig })),
  };
  return {
    mediaType: DSSE_ENVELOPE_LAYER,
    bytes: Buffer.from(JSON.stringify(document)),
    annotations: { "dev.cosignproject.cosign/signature": "", predicateType },
  };
}

/** Builds a Sigstore bundle v0.3 of a signature by key: no certificate, no log entry, and the key's hint. */
export function buildBundleLayer(envelope: SignedEnvelope, hint: string): TypedBytes {
  const bundle = {
    mediaType: SIGSTORE_BUNDLE_V03,
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: envelope,
  };
  return { mediaType: SIGSTORE_BUNDLE_V03, bytes: Buffer.from(JSON.stringify(bundle)) };
}
