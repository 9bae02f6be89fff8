import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from "node:crypto";
import { ASN1Obj, X509Certificate as CertificateTree } from "@sigstore/core";
import { describeKey, type LoadedKey } from "../key/load-public-key.ts";
import { CERTIFICATE_LIMIT_BYTES, LIMIT_CERTIFICATES_KEPT } from "../limits.ts";
import { KeptResults } from "../kept-results.ts";
import { encodeElement, type DerElement } from "./encode-der.ts";

/**
 * One certificate. It is read as a tree, and only its key by OpenSSL: OpenSSL keeps an entire certificate outside the heap until a garbage
 * collection, which a run over thousands of signatures would feel.
 */
export interface ParsedCertificate {
  readonly der: Buffer;
  /** Null for certificates of version 1, which have no extensions. */
  readonly tree: CertificateTree | null;
  /** DER of the names. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Key identifiers (RFC 5280 sections 4.2.1.1 and 4.2.1.2), or null. */
  readonly issuerKeyId: Buffer | null;
  readonly subjectKeyId: Buffer | null;
  /** How many authorities it may have below it (infinitely many if it does not say), or null if it is no authority. */
  readonly pathLength: number | null;
  /** Object identifiers of what the key may be used for, or null if the certificate does not say. */
  readonly uses: readonly string[] | null;
  readonly key: LoadedKey;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Reports whether the key signed this certificate. */
  isSignedBy(key: KeyObject): boolean;
}

/** Certificates of authorities repeat within a run: in tokens, and in the chains beside signatures. */
const PARSED = new KeptResults<ParsedCertificate>(LIMIT_CERTIFICATES_KEPT);

/** Parses the first certificate of a PEM text, or DER. Null if it cannot be read. */
export function parseCertificate(encoded: string | Uint8Array): ParsedCertificate | null {
  if (encoded.length > 2 * CERTIFICATE_LIMIT_BYTES) return null;
  const id = createHash("sha256").update(encoded).digest("base64");
  return PARSED.get(id) ?? PARSED.keep(id, read(encoded));
}

const EXTENDED_KEY_USAGE = "2.5.29.37";
/** Fulcio's certificates have under thirty. */
const EXTENSIONS_LIMIT = 64;

function read(encoded: string | Uint8Array): ParsedCertificate | null {
  try {
    const der = typeof encoded === "string" ? readPem(encoded) : Buffer.from(encoded);
    if (der.length > CERTIFICATE_LIMIT_BYTES) return null;
    const root = ASN1Obj.parseBuffer(der as Buffer<ArrayBuffer>);
    // Bytes after the certificate would be signed by nobody.
    if (!encodeElement(root).equals(der)) return null;
    const [body, algorithm, signature] = root.subs as [DerElement, DerElement, DerElement];
    // Version 1 leaves the version out, and the library counts from it.
    const first = body.subs[0]!.tag.isContextSpecific(0) ? 1 : 0;
    const tree = first === 1 ? new CertificateTree(root) : null;
    const [, , issuer, validity, subject, publicKey] = body.subs.slice(first) as [
      unknown,
      unknown,
      DerElement,
      DerElement,
      DerElement,
      DerElement,
    ];
    const [notBefore, notAfter] = [validity.subs[0]!.toDate().getTime(), validity.subs[1]!.toDate().getTime()];
    const extensions = tree?.extensions ?? [];
    if (Number.isNaN(notBefore) || Number.isNaN(notAfter) || extensions.length > EXTENSIONS_LIMIT) return null;
    // The tree is read lazily, so everything that is needed later is read here, while a fault is still a value. RFC 5280 section 4.2: each
    // extension once.
    const names = extensions.map((extension) => extension.subs[0]!.toOID());
    if (new Set(names).size < names.length) return null;
    return {
      der,
      tree,
      issuer: issuer.value,
      subject: subject.value,
      issuerKeyId: tree?.extAuthorityKeyID?.keyIdentifier ?? null,
      subjectKeyId: tree?.extSubjectKeyID?.keyIdentifier ?? null,
      pathLength: tree?.isCA === true ? Number(tree.extBasicConstraints?.pathLenConstraint ?? Infinity) : null,
      uses: tree?.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]!.subs.map((use) => use.toOID()) ?? null,
      key: describeKey(createPublicKey({ key: encodeElement(publicKey), format: "der", type: "spki" })),
      notBefore,
      notAfter,
      isSignedBy: (key) => verifyCertificate(der, body, algorithm, signature, key),
    };
  } catch {
    return null;
  }
}

/** RSA with SHA-2 (also PSS) and Ed25519. Nothing rests on SHA-1. */
const OTHER_ALGORITHMS = new Set([
  "1.2.840.113549.1.1.10",
  "1.2.840.113549.1.1.11",
  "1.2.840.113549.1.1.12",
  "1.2.840.113549.1.1.13",
  "1.3.101.112",
]);
const ECDSA_HASHES: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/** Every Sigstore signs with ECDSA. OpenSSL knows the other algorithms that own PKIs use. */
function verifyCertificate(der: Buffer, body: DerElement, algorithm: DerElement, signature: DerElement, key: KeyObject): boolean {
  try {
    const name = algorithm.subs[0]!.toOID();
    const hash = ECDSA_HASHES[name];
    if (hash === undefined) return OTHER_ALGORITHMS.has(name) && new X509Certificate(der).verify(key);
    return (
      key.asymmetricKeyType === "ec" && signature.value[0] === 0 && verify(hash, encodeElement(body), key, signature.value.subarray(1))
    );
  } catch {
    return false;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]{1,65536})-----END CERTIFICATE-----/g;

function readPem(text: string): Buffer {
  const base64 = text.matchAll(PEM_CERTIFICATE).next().value?.[1];
  if (base64 === undefined || /[^A-Za-z0-9+/=\s]/.test(base64)) throw new TypeError("no PEM certificate");
  return Buffer.from(base64, "base64");
}

/** Parses every certificate of a PEM text, in order. Null if one of them cannot be read, or there are more than `limit`. */
export function parseCertificates(pem: string, limit: number): ParsedCertificate[] | null {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length > limit) return null;
  const parsed = blocks.map((block) => parseCertificate(block));
  return parsed.every((certificate) => certificate !== null) ? parsed : null;
}

/** Returns the distinguished name of the subject, for people: `CN=release,O=Acme`. */
export function describeSubject({ der }: ParsedCertificate): string {
  try {
    return new X509Certificate(der).subject.replaceAll("\n", ",");
  } catch {
    return "nobody";
  }
}
