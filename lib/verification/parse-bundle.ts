import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  bundleFromJSON,
  ValidationError,
  type Bundle,
} from "@sigstore/bundle";
import { isJsonObject, parseJson, type JsonObject } from "../oci/parse-json.ts";
import { decodeAnyBase64 } from "./decode-base64.ts";
import { parseEnvelope, type DsseEnvelope } from "./dsse-envelope.ts";
import { BUNDLE_LIMIT_BYTES, LOG_ENTRIES_LIMIT, TIMESTAMPS_LIMIT } from "./limits.ts";
import type { SignerClaim } from "./match-signer.ts";

/** A Sigstore bundle, as far as a signature by key needs it. */
export interface SigstoreBundle {
  readonly content:
    | { readonly kind: "envelope"; readonly envelope: DsseEnvelope }
    /** `digest` is what the bundle says was signed: a hint. `signature` is null where it is not base64. */
    | { readonly kind: "message"; readonly digest: Uint8Array; readonly signature: Uint8Array | null };
  readonly claim: SignerClaim;
  readonly logged: boolean;
}

export type ParsedBundle =
  | { readonly kind: "parsed"; readonly bundle: SigstoreBundle }
  | { readonly kind: "malformed"; readonly detail: string };

const MEDIA_TYPES: ReadonlySet<unknown> = new Set([
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
]);

/**
 * Parses a bundle of version 0.1, 0.2 or 0.3 that an attacker may have written: sizes and counts first, then the library's rules for
 * what each version must hold, then signed bytes and signatures by strict base64, which the library does not ask for.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array): ParsedBundle {
  if (bytes.length > BUNDLE_LIMIT_BYTES) return malformed(`a bundle of ${bytes.length} bytes, past the limit of ${BUNDLE_LIMIT_BYTES}`);
  const json = parseJson(bytes, { duplicateKeys: "refuse" });
  if (json.kind === "malformed") return malformed(`a bundle that is refused: ${json.detail}`);
  if (!isJsonObject(json.value)) return malformed("a bundle that is no JSON object");
  if (!MEDIA_TYPES.has(json.value["mediaType"])) return malformed("a bundle of a version that is not known");
  const fault = faultOfLists(json.value);
  if (fault !== null) return malformed(fault);
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(json.value);
  } catch (error) {
    const fields = error instanceof ValidationError ? `: ${error.fields.join(", ")}` : "";
    return malformed(`a bundle that does not hold what its version demands${fields}`);
  }
  return readContent(json.value, bundle);
}

/** Each entry costs a signature or a chain of certificates, so they are counted before anything reads them. */
function faultOfLists(document: JsonObject): string | null {
  const material = document["verificationMaterial"];
  if (!isJsonObject(material)) return null;
  const timestamps = material["timestampVerificationData"];
  return (
    faultOfList(material["tlogEntries"], "log entries", LOG_ENTRIES_LIMIT) ??
    (isJsonObject(timestamps) ? faultOfList(timestamps["rfc3161Timestamps"], "timestamps", TIMESTAMPS_LIMIT) : null)
  );
}

/** The library takes what is no list for an empty one. */
function faultOfList(value: unknown, name: string, limit: number): string | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return `a bundle whose ${name} are no list`;
  return value.length > limit ? `a bundle with ${value.length} ${name}, past the limit of ${limit}` : null;
}

function readContent(document: JsonObject, bundle: Bundle): ParsedBundle {
  const { dsseEnvelope, messageSignature } = document;
  if (dsseEnvelope !== undefined && messageSignature !== undefined)
    return malformed("a bundle with both an envelope and a message signature");
  const rest = { claim: claimOf(bundle), logged: bundle.verificationMaterial.tlogEntries.length > 0 };
  if (bundle.content.$case === "dsseEnvelope") {
    const parsed = parseEnvelope(dsseEnvelope);
    if (parsed.kind === "malformed") return parsed;
    return { kind: "parsed", bundle: { ...rest, content: { kind: "envelope", envelope: parsed.envelope } } };
  }
  const encoded = isJsonObject(messageSignature) ? messageSignature["signature"] : null;
  const signature = typeof encoded === "string" ? decodeAnyBase64(encoded) : null;
  const { digest } = bundle.content.messageSignature.messageDigest;
  return { kind: "parsed", bundle: { ...rest, content: { kind: "message", digest, signature } } };
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

function malformed(detail: string): { kind: "malformed"; detail: string } {
  return { kind: "malformed", detail };
}
