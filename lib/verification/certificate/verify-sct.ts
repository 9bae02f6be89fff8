import { EXTENSION_OID_SCT, X509Certificate, type X509SCTExtension } from "@sigstore/core";
import { includesTime, type LogAuthority } from "../trust/trust-material.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

type SignedCertificateTimestamp = X509SCTExtension["signedCertificateTimestamps"][number];

const SCTS_LIMIT = 4;

/**
 * Why no known certificate transparency log vouches for the certificate, or null where one does.
 * The embedded timestamp is over the certificate without it (RFC 6962 section 3.2).
 *
 * Timestamps of logs that are not known prove nothing and take nothing away: rotations write two.
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

/** `issuer_key_hash` and the length-prefixed TBSCertificate without the timestamps. The tree is parsed anew because it is changed. */
function encodePrecertificate({ x509 }: ParsedCertificate, { key }: ParsedCertificate): Buffer | null {
  if (key.kind === "malformed") return null;
  const issuerKeyHash = Buffer.from(key.key.hint, "base64");
  try {
    const copy = X509Certificate.parse(x509.raw);
    const at = copy.extensions.findIndex(({ subs }) => subs[0]!.toOID() === EXTENSION_OID_SCT);
    copy.extensions.splice(at, 1);
    const tbs = copy.tbsCertificate.toDER();
    const length = Buffer.alloc(3);
    length.writeUIntBE(tbs.length, 0, 3);
    return Buffer.concat([issuerKeyHash, length, tbs]);
  } catch {
    return null;
  }
}
