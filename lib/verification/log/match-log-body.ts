import { createHash, createPublicKey } from "node:crypto";
import { ENVELOPE_VALUES_LIMIT } from "../../discovery/limits.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { decodeAnyBase64 } from "../form/decode-base64.ts";
import { parseCertificate } from "../certificate/parse-certificate.ts";
import type { SignatureEvidence } from "../form/evidence.ts";
import { LOG_BODY_LIMIT_BYTES } from "../limits.ts";

/** Who signed, as entries of the log name it. */
export interface LoggedVerifier {
  /** DER of the signing certificate, or null if a bare key signed. */
  readonly certificate: Uint8Array | null;
  /** DER of the public key (SubjectPublicKeyInfo). */
  readonly publicKey: Uint8Array;
}

/**
 * Says why an entry's body is not about this signature, or returns null if it is: about the same signed bytes, the same signature and the
 * same signer. Leaving out one of the three was an advisory in one verifier or another (CVE-2023-30551, GHSA-whqx-f9j3-ch6m).
 *
 * https://github.com/sigstore/rekor/tree/main/pkg/types
 */
export function faultOfBody(
  body: Uint8Array,
  named: { readonly kind: string; readonly version: string } | null,
  evidence: SignatureEvidence,
  verifier: LoggedVerifier,
): string | null {
  if (body.length > LOG_BODY_LIMIT_BYTES) return `a log entry of ${body.length} bytes, past the limit of ${LOG_BODY_LIMIT_BYTES}`;
  const json = parseJson(body, { duplicateKeys: "refuse", values: ENVELOPE_VALUES_LIMIT });
  const document = json.kind === "parsed" ? asObject(json.value) : {};
  const { kind, apiVersion, spec } = document;
  if (typeof kind !== "string" || typeof apiVersion !== "string" || !isJsonObject(spec)) return "a log entry whose body cannot be read";
  if (named !== null && (named.kind !== kind || named.version !== apiVersion))
    return "a log entry whose body is of another kind than it says";
  const read = READERS[`${kind} ${apiVersion}`];
  if (read === undefined) return `a log entry of a kind that is not known (${/^\w{1,32}$/.test(kind) ? kind : "?"})`;
  const said = read(spec);
  if (said === null) return "a log entry whose body is not what its kind demands";
  if (!said.digests(evidence)) return "a log entry for other bytes";
  if (said.signature !== null && !sameBytes(said.signature, evidence.signature)) return "a log entry for another signature";
  return isVerifier(said.verifier, verifier) ? null : "a log entry of another signer";
}

/** What a body says. The signature is null if the kind records none (`intoto` 0.0.1). */
interface BodyClaims {
  readonly digests: (evidence: SignatureEvidence) => boolean;
  readonly signature: Uint8Array | null;
  /** PEM text or DER of a certificate or key. */
  readonly verifier: Uint8Array;
}

const READERS: Readonly<Record<string, (spec: JsonObject) => BodyClaims | null>> = {
  "hashedrekord 0.0.1": (spec) => readRecord(spec),
  "rekord 0.0.1": (spec) => readRecord(spec),
  "hashedrekord 0.0.2": (spec) => {
    const { data, signature } = asObject(spec["hashedRekordV002"]);
    const { content, verifier } = asObject(signature);
    const algorithm = { SHA2_256: "sha256", SHA2_384: "sha384", SHA2_512: "sha512" }[text(asObject(data)["algorithm"])];
    return claims(namesSigned(algorithm, decode(asObject(data)["digest"])), decode(content), readVerifier(verifier));
  },
  "dsse 0.0.1": (spec) => {
    const signatures = only(spec["signatures"]);
    return claims(namesPayload(hexHash(spec["payloadHash"])), decode(signatures["signature"]), decode(signatures["verifier"]));
  },
  "dsse 0.0.2": (spec) => {
    const { payloadHash, signatures } = asObject(spec["dsseV002"]);
    const signature = only(signatures);
    const digest = decode(asObject(payloadHash)["digest"]);
    return claims(
      namesPayload(digest && Buffer.from(digest).toString("hex")),
      decode(signature["content"]),
      readVerifier(signature["verifier"]),
    );
  },
  "intoto 0.0.1": (spec) => {
    const layer = hexHash(asObject(spec["content"])["hash"]);
    const verifier = decode(spec["publicKey"]);
    if (layer === null || verifier === null) return null;
    return { digests: ({ envelope }) => envelope?.layer === layer, signature: null, verifier };
  },
  "intoto 0.0.2": (spec) => {
    const { envelope, payloadHash } = asObject(spec["content"]);
    const signature = only(asObject(envelope)["signatures"]);
    // Encoded twice by the log.
    const once = decode(signature["sig"]);
    const twice = once && decode(Buffer.from(once).toString("latin1"));
    return claims(namesPayload(hexHash(payloadHash)), twice, decode(signature["publicKey"]));
  },
};

/** Reads `hashedrekord` and `rekord`. Both name the signed bytes by hash; the latter may hold the bytes instead. */
function readRecord(spec: JsonObject): BodyClaims | null {
  const data = asObject(spec["data"]);
  const { content, publicKey } = asObject(spec["signature"]);
  const algorithm = text(asObject(data["hash"])["algorithm"]);
  const hex = text(asObject(data["hash"])["value"]);
  const held = decode(data["content"]);
  const digest = hex === "" && held ? createHash("sha256").update(held).digest() : Buffer.from(hex, "hex");
  const known = ["sha256", "sha384", "sha512"].includes(algorithm) ? algorithm : hex === "" ? "sha256" : undefined;
  return claims(namesSigned(known, digest), decode(content), decode(asObject(publicKey)["content"]));
}

function claims(digests: BodyClaims["digests"] | null, signature: Uint8Array | null, verifier: Uint8Array | null): BodyClaims | null {
  return digests === null || signature === null || verifier === null ? null : { digests, signature, verifier };
}

function namesSigned(algorithm: string | undefined, digest: Uint8Array | null): BodyClaims["digests"] | null {
  if (algorithm === undefined || digest === null || digest.length === 0) return null;
  return ({ signed }) => {
    if (signed.kind === "digest") return algorithm === "sha256" && sameBytes(digest, signed.sha256);
    return sameBytes(digest, createHash(algorithm).update(signed.bytes).digest());
  };
}

function namesPayload(hex: string | null): BodyClaims["digests"] | null {
  return hex === null || hex === "" ? null : ({ envelope }) => envelope?.payload === hex;
}

function hexHash(value: unknown): string | null {
  const { algorithm, value: hex } = asObject(value);
  return algorithm === "sha256" && typeof hex === "string" ? hex : null;
}

function readVerifier(value: unknown): Uint8Array | null {
  const { x509Certificate, publicKey } = asObject(value);
  return decode(asObject(x509Certificate ?? publicKey)["rawBytes"]);
}

/** A bundle holds one signature, so an entry with more is about something else. */
function only(value: unknown): JsonObject {
  return Array.isArray(value) && value.length === 1 ? asObject(value[0]) : {};
}

function isVerifier(logged: Uint8Array, { certificate, publicKey }: LoggedVerifier): boolean {
  try {
    const der = readPem(logged) ?? Buffer.from(logged);
    return der.equals(certificate ?? publicKey) || (certificate === null && publicKeyOf(logged, der).equals(publicKey));
  } catch {
    return false;
  }
}

/** Returns the bytes of one PEM block, or null if the text is no PEM. */
function readPem(bytes: Uint8Array): Buffer | null {
  const base64 = /^\s*-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    Buffer.from(bytes).toString("latin1"),
  )?.[1];
  return base64 === undefined ? null : Buffer.from(base64, "base64");
}

/** Compares keys, because an entry may name a bare key by a certificate of it, or in another encoding. */
function publicKeyOf(logged: Uint8Array, der: Buffer): Buffer {
  const certified = parseCertificate(der)?.key;
  const key = certified?.kind === "loaded" ? certified.key.keyObject : createPublicKey(Buffer.from(logged));
  return key.export({ type: "spki", format: "der" });
}

function decode(value: unknown): Uint8Array | null {
  return typeof value === "string" && value !== "" ? decodeAnyBase64(value) : null;
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
