import { createHash, X509Certificate } from "node:crypto";
import { ASN1Obj, X509Certificate as CertificateTree } from "@sigstore/core";
import { describeKey, type LoadedKey } from "../load-public-key.ts";
import { LIMIT_CERTIFICATES_KEPT } from "../limits.ts";
import { KeptResults } from "../kept-results.ts";

/** One certificate, read by OpenSSL (signatures, validity) and as a tree (extensions that OpenSSL has no words for). */
export interface ParsedCertificate {
  readonly x509: X509Certificate;
  /** Null for certificates of version 1, which have no extensions. */
  readonly tree: CertificateTree | null;
  /** DER of the names. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Key identifiers (RFC 5280 sections 4.2.1.1 and 4.2.1.2), or null. */
  readonly issuerKeyId: Buffer | null;
  readonly subjectKeyId: Buffer | null;
  /** How many authorities it may have below it (infinitely many where it does not say), or null: it is none. */
  readonly pathLength: number | null;
  readonly key: LoadedKey;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Certificates repeat within a run: chains in every annotation, one leaf over signature and attestation. */
const PARSED = new KeptResults<ParsedCertificate>(LIMIT_CERTIFICATES_KEPT);

/** Parses PEM text (its first certificate) or DER; null for what neither reader understands. */
export function parseCertificate(encoded: string | Uint8Array): ParsedCertificate | null {
  const id = createHash("sha256").update(encoded).digest("base64");
  return PARSED.get(id) ?? PARSED.keep(id, read(encoded));
}

function read(encoded: string | Uint8Array): ParsedCertificate | null {
  try {
    const x509 = new X509Certificate(encoded);
    const [body] = ASN1Obj.parseBuffer(x509.raw).subs;
    // Version 1 leaves the version out, and the library counts from it.
    const first = body!.subs[0]!.tag.isContextSpecific(0) ? 1 : 0;
    const tree = first === 1 ? CertificateTree.parse(x509.raw) : null;
    const [notBefore, notAfter] = [x509.validFromDate.getTime(), x509.validToDate.getTime()];
    const extensions = tree?.extensions ?? [];
    if (Number.isNaN(notBefore) || Number.isNaN(notAfter) || extensions.length > EXTENSIONS_LIMIT) return null;
    // The tree reads lazily: what is needed later is read here, where a fault is a value.
    for (const extension of extensions) extension.subs[0]!.toOID();
    const [issuer, subject] = [body!.subs[first + 2]!.value, body!.subs[first + 4]!.value];
    const issuerKeyId = tree?.extAuthorityKeyID?.keyIdentifier ?? null;
    const subjectKeyId = tree?.extSubjectKeyID?.keyIdentifier ?? null;
    const pathLength = tree?.isCA === true ? Number(tree.extBasicConstraints?.pathLenConstraint ?? Infinity) : null;
    return { x509, tree, issuer, subject, issuerKeyId, subjectKeyId, pathLength, key: describeKey(x509.publicKey), notBefore, notAfter };
  } catch {
    return null;
  }
}

/** Fulcio's certificates have under thirty. */
const EXTENSIONS_LIMIT = 64;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]{1,65536}-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text, in order; null where one of them cannot be read, or there are more than `limit`. */
export function parseCertificates(pem: string, limit: number): ParsedCertificate[] | null {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length > limit) return null;
  const parsed = blocks.map((block) => parseCertificate(block));
  return parsed.every((certificate) => certificate !== null) ? parsed : null;
}
