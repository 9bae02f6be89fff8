import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  bundleFromJSON,
  ValidationError,
  type Bundle,
} from "@sigstore/bundle";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import { ENVELOPE_VALUES_LIMIT } from "../../discovery/limits.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { decodeAnyBase64 } from "./decode-base64.ts";
import { faultOfUnsigned, parseEnvelope, type DsseEnvelope } from "./dsse-envelope.ts";
import type { LogEntries, Timestamps, SignerClaim } from "./evidence.ts";
import {
  BUNDLE_LIMIT_BYTES,
  CERTIFICATE_CHAIN_LIMIT,
  LOG_ENTRIES_LIMIT,
  MESSAGE_BUNDLE_LIMIT_BYTES,
  PROOF_HASHES_LIMIT,
  TIMESTAMPS_LIMIT,
} from "../limits.ts";
import { malformed, type Malformed } from "../malformed.ts";

/** A Sigstore bundle, decoded. */
export interface SigstoreBundle {
  readonly content:
    | { readonly kind: "envelope"; readonly envelope: DsseEnvelope }
    /** `digest` is what the bundle says was signed, which is only a hint. `signature` is null if it is not base64. */
    | { readonly kind: "message"; readonly algorithm: string; readonly digest: Uint8Array; readonly signature: Uint8Array | null };
  readonly claim: SignerClaim;
  /** PEM text of the certificates beside the signing one. */
  readonly chain: string;
  readonly logEntries: LogEntries;
  readonly timestamps: Timestamps;
}

type ParsedBundle = { readonly kind: "parsed"; readonly bundle: SigstoreBundle } | Malformed;

const MEDIA_TYPES: ReadonlySet<unknown> = new Set([
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
]);

/**
 * Parses a bundle of version 0.1, 0.2 or 0.3, which an attacker may have written: sizes and counts come first, then the library's rules for
 * what each version must hold, then strict base64 of signed bytes and signatures, which the library does not demand.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array): ParsedBundle {
  if (bytes.length > BUNDLE_LIMIT_BYTES) return malformed(`a bundle of ${bytes.length} bytes, past the limit of ${BUNDLE_LIMIT_BYTES}`);
  const json = parseJson(bytes, { duplicateKeys: "refuse", values: ENVELOPE_VALUES_LIMIT });
  if (json.kind === "malformed") return malformed(`a bundle that is refused: ${json.detail}`);
  if (!isJsonObject(json.value)) return malformed("a bundle that is no JSON object");
  if (!MEDIA_TYPES.has(json.value["mediaType"])) return malformed("a bundle of a version that is not known");
  const fault = faultOfLists(json.value);
  if (fault !== null) return malformed(fault);
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(withoutPayload(json.value));
  } catch (error) {
    const fields = error instanceof ValidationError ? `: ${error.fields.join(", ")}` : "";
    return malformed(`a bundle that does not hold what its version demands${fields}`);
  }
  return readContent(json.value, bundle, bytes.length);
}

/** The library would decode a payload of megabytes, of which nothing is taken from it. */
function withoutPayload(document: JsonObject): JsonObject {
  const { dsseEnvelope } = document;
  const isLarge = isJsonObject(dsseEnvelope) && typeof dsseEnvelope["payload"] === "string" && dsseEnvelope["payload"].length > 4;
  return isLarge ? { ...document, dsseEnvelope: { ...dsseEnvelope, payload: "AAAA" } } : document;
}

/** Each entry costs a signature or a chain of certificates, so they are counted before anything reads them. */
function faultOfLists(document: JsonObject): string | null {
  const material = document["verificationMaterial"];
  if (!isJsonObject(material)) return null;
  const timestamps = material["timestampVerificationData"];
  return (
    faultOfList(material["tlogEntries"], "log entries", LOG_ENTRIES_LIMIT) ??
    faultOfProofs(material["tlogEntries"]) ??
    (isJsonObject(timestamps) ? faultOfList(timestamps["rfc3161Timestamps"], "timestamps", TIMESTAMPS_LIMIT) : null)
  );
}

function faultOfProofs(entries: unknown): string | null {
  for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
    const proof = isJsonObject(entry) ? entry["inclusionProof"] : undefined;
    const fault = isJsonObject(proof) ? faultOfList(proof["hashes"], "hashes of a proof", PROOF_HASHES_LIMIT) : null;
    if (fault !== null) return fault;
  }
  return null;
}

/** The library takes a value that is no list for an empty list. */
function faultOfList(value: unknown, name: string, limit: number): string | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return `a bundle whose ${name} are no list`;
  return value.length > limit ? `a bundle with ${value.length} ${name}, past the limit of ${limit}` : null;
}

function readContent(document: JsonObject, bundle: Bundle, size: number): ParsedBundle {
  const { dsseEnvelope, messageSignature } = document;
  if (dsseEnvelope !== undefined && messageSignature !== undefined)
    return malformed("a bundle with both an envelope and a message signature");
  const fault = faultOfCertificates(bundle);
  if (fault !== null) return malformed(fault);
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const tokens = (timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => signedTimestamp);
  const rest = {
    claim: claimOf(bundle),
    chain: chainOf(bundle),
    logEntries: { kind: "read", entries: tlogEntries },
    timestamps: { kind: "read", tokens },
  } as const;
  if (bundle.content.$case === "dsseEnvelope") {
    const parsed = parseEnvelope(dsseEnvelope);
    if (parsed.kind === "malformed") return parsed;
    // https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto (dsse_envelope)
    if (parsed.envelope.signatures.length > 1)
      return malformed(`a bundle whose envelope has ${parsed.envelope.signatures.length} signatures, where one is allowed`);
    const unsigned = faultOfUnsigned(size, parsed.envelope);
    if (unsigned !== null) return malformed(unsigned);
    return { kind: "parsed", bundle: { ...rest, content: { kind: "envelope", envelope: parsed.envelope } } };
  }
  if (size > MESSAGE_BUNDLE_LIMIT_BYTES)
    return malformed(`a bundle without a payload of ${size} bytes, past the limit of ${MESSAGE_BUNDLE_LIMIT_BYTES}`);
  const encoded = isJsonObject(messageSignature) ? messageSignature["signature"] : null;
  const signature = typeof encoded === "string" ? decodeAnyBase64(encoded) : null;
  const { digest, algorithm } = bundle.content.messageSignature.messageDigest;
  return { kind: "parsed", bundle: { ...rest, content: { kind: "message", algorithm: HASHES[algorithm] ?? "", digest, signature } } };
}

const HASHES: Readonly<Record<number, string>> = {
  [HashAlgorithm.SHA2_256]: "sha256",
  [HashAlgorithm.SHA2_384]: "sha384",
  [HashAlgorithm.SHA2_512]: "sha512",
};

/** Only the first certificate is looked at, because the trusted root names the authorities above it. */
function faultOfCertificates({ verificationMaterial: { content } }: Bundle): string | null {
  const count = content.$case === "x509CertificateChain" ? content.x509CertificateChain.certificates.length : 1;
  return count > CERTIFICATE_CHAIN_LIMIT ? `a bundle with ${count} certificates, past the limit of ${CERTIFICATE_CHAIN_LIMIT}` : null;
}

function claimOf(bundle: Bundle): SignerClaim {
  const { content } = bundle.verificationMaterial;
  switch (content.$case) {
    case "publicKey":
      return content.publicKey.hint === "" ? { kind: "none" } : { kind: "hint", hint: content.publicKey.hint };
    case "certificate":
      return { kind: "certificate", certificate: content.certificate.rawBytes };
    case "x509CertificateChain":
      return { kind: "certificate", certificate: content.x509CertificateChain.certificates[0]!.rawBytes };
  }
}

function chainOf({ verificationMaterial: { content } }: Bundle): string {
  const further = content.$case === "x509CertificateChain" ? content.x509CertificateChain.certificates.slice(1) : [];
  return further.map(({ rawBytes }) => `-----BEGIN CERTIFICATE-----\n${rawBytes.toString("base64")}\n-----END CERTIFICATE-----\n`).join("");
}
