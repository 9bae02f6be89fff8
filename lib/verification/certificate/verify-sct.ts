import { EXTENSION_OID_SCT, type X509SCTExtension } from "@sigstore/core";
import { includesTime, type LogAuthority } from "../trust/trust-material.ts";
import { encodeDer, encodeElement } from "./encode-der.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

type SignedCertificateTimestamp = X509SCTExtension["signedCertificateTimestamps"][number];

const SCTS_LIMIT = 4;

/**
 * Says why no known certificate transparency log vouches for the certificate, or returns null if one does.
 * The embedded timestamp is over the certificate without it (RFC 6962 section 3.2).
 *
 * A timestamp of an unknown log proves nothing, and does no harm: while logs are rotated, certificates hold two.
 */
export function faultOfScts(certificate: ParsedCertificate, issuer: ParsedCertificate, ctLogs: readonly LogAuthority[]): string | null {
  let timestamps: readonly SignedCertificateTimestamp[];
  try {
    timestamps = certificate.tree?.extSCT?.signedCertificateTimestamps ?? [];
  } catch {
    return "a certificate whose certificate timestamps (SCT) cannot be read";
  }
  if (timestamps.length === 0) return "a certificate that no certificate transparency log vouches for: it holds no timestamp (SCT)";
  if (timestamps.length > SCTS_LIMIT)
    return `a certificate with ${timestamps.length} certificate timestamps (SCT), past the limit of ${SCTS_LIMIT}`;
  const known = timestamps.flatMap((timestamp) =>
    ctLogs
      .filter(({ keyId, validFor }) => timestamp.logID.equals(keyId) && includesTime(validFor, timeOf(timestamp)))
      .map(({ publicKey }) => ({ timestamp, publicKey })),
  );
  if (known.length === 0)
    return "a certificate whose timestamps (SCT) are by certificate transparency logs that the trusted root does not name";
  const logged = encodePrecertificate(certificate, issuer);
  if (logged !== null && known.some(({ timestamp, publicKey }) => isSignedByLog(timestamp, logged, publicKey))) return null;
  return "a certificate whose timestamp (SCT) is not over it";
}

function timeOf(timestamp: SignedCertificateTimestamp): number {
  return Number(timestamp.timestamp.readBigUInt64BE());
}

function isSignedByLog(timestamp: SignedCertificateTimestamp, logged: Buffer, key: LogAuthority["publicKey"]): boolean {
  try {
    return timestamp.verify(logged, key);
  } catch {
    return false;
  }
}

/** `issuer_key_hash` and the length-prefixed TBSCertificate without the timestamps. */
function encodePrecertificate({ tree }: ParsedCertificate, { key }: ParsedCertificate): Buffer | null {
  if (key.kind === "malformed" || tree === null) return null;
  try {
    const body = tree.tbsCertificate;
    const kept = tree.extensions.filter(({ subs }) => subs[0]!.toOID() !== EXTENSION_OID_SCT).map((extension) => encodeElement(extension));
    const parts = body.subs.map((part) =>
      part.tag.isContextSpecific(EXTENSIONS) ? encodeDer(part.tag.toDER(), encodeDer(SEQUENCE, ...kept)) : encodeElement(part),
    );
    const tbs = encodeDer(SEQUENCE, ...parts);
    const length = Buffer.alloc(3);
    length.writeUIntBE(tbs.length, 0, 3);
    return Buffer.concat([Buffer.from(key.key.hint, "base64"), length, tbs]);
  } catch {
    return null;
  }
}

/** RFC 5280 section 4.1: `[3] EXPLICIT Extensions`. */
const EXTENSIONS = 3;
const SEQUENCE = 0x30;
