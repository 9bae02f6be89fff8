import { RFC3161Timestamp } from "@sigstore/core";
import { findIssuingPaths, findListedPath } from "../certificate/issuing-path.ts";
import type { ParsedCertificate } from "../certificate/parse-certificate.ts";
import { TIMESTAMP_LIMIT_BYTES } from "../limits.ts";
import { includesTime, type CertificateAuthority } from "../trust/trust-material.ts";
import { readSignedToken, type SignedToken } from "./signed-token.ts";

/** What an RFC 3161 token proves of some bytes. */
type TimestampVerdict =
  | { readonly kind: "verified"; readonly time: number; readonly authority: string }
  /** Nobody whom the trusted root names made it: it proves nothing, and does no harm. */
  | { readonly kind: "unknown-authority" }
  | { readonly kind: "refused"; readonly detail: string };

const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const GRANTED = new Set([0n, 1n]);

/**
 * Verifies a timestamp over the bytes (RFC 3161 section 2.4.2, RFC 5652 section 5.4): the imprint, the signed attributes, the signature
 * by a timestamping certificate that the root lists or issued, and that all certificates were valid at the stated time.
 */
export function verifyTimestamp(token: Uint8Array, stamped: Uint8Array, authorities: readonly CertificateAuthority[]): TimestampVerdict {
  if (token.length > TIMESTAMP_LIMIT_BYTES)
    return refused(`a timestamp of ${token.length} bytes, past the limit of ${TIMESTAMP_LIMIT_BYTES}`);
  try {
    const response = RFC3161Timestamp.parse(Buffer.from(token));
    if (!GRANTED.has(response.status)) return refused("a timestamp that its authority did not grant");
    return verifyToken(readSignedToken(response), stamped, authorities);
  } catch {
    return refused("a timestamp that cannot be read");
  }
}

function verifyToken(token: SignedToken, stamped: Uint8Array, authorities: readonly CertificateAuthority[]): TimestampVerdict {
  const signers = authorities.flatMap((authority) => findSigners(token, authority));
  if (signers.length === 0) return { kind: "unknown-authority" };
  if (!token.isOver(stamped)) return refused("a timestamp over other bytes");
  const { time } = token;
  let fault = "a timestamp whose signature does not verify";
  for (const { certificate, authority, isValidAt } of signers) {
    if (!isTimestamper(certificate) || certificate.key.kind === "malformed") continue;
    if (!token.isSignedBy(certificate.key.key.keyObject)) continue;
    const lives = includesTime({ from: certificate.notBefore, to: certificate.notAfter }, time) && isValidAt(time);
    if (lives) return { kind: "verified", time, authority };
    fault = "a timestamp from when its authority was not valid";
  }
  return refused(fault);
}

interface TokenSigner {
  readonly certificate: ParsedCertificate;
  readonly authority: string;
  readonly isValidAt: (time: number) => boolean;
}

/** Finds the certificate that the token names as its signer: one that the root lists, or one in the token that the root issued. */
function findSigners(token: SignedToken, authority: CertificateAuthority): TokenSigner[] {
  const listed = authority.chain.find((certificate) => token.names(certificate));
  if (listed !== undefined) {
    const path = findListedPath(listed, authority);
    return path === null ? [] : [{ certificate: listed, authority: authority.name, isValidAt: path.isValidAt }];
  }
  return token.certificates
    .filter((certificate) => token.names(certificate))
    .flatMap((certificate) =>
      findIssuingPaths(certificate, [authority]).map(({ isValidAt }) => ({ certificate, authority: authority.name, isValidAt })),
    );
}

function isTimestamper({ uses }: ParsedCertificate): boolean {
  return uses?.includes(TIME_STAMPING) ?? false;
}

function refused(detail: string): TimestampVerdict {
  return { kind: "refused", detail };
}
