import { includesTime, type CertificateAuthority } from "../trust/trust-material.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

/** A verified way from a certificate's issuer to an anchor. */
interface IssuingPath {
  readonly authority: string;
  readonly issuer: ParsedCertificate;
  /** Reports whether the authority and every certificate of the path are valid at that time (epoch milliseconds). */
  readonly isValidAt: (time: number) => boolean;
}

/**
 * Finds the authorities that issued a certificate: it names them as its issuer, and its signature verifies with their key. Names,
 * signatures, basic constraints and path lengths follow RFC 5280 section 6.1; time is not looked at.
 *
 * The chain above an issuer is verified once and kept as long as its material is in use. Only the signature on the certificate itself is
 * verified each time.
 */
export function findIssuingPaths(certificate: ParsedCertificate, authorities: readonly CertificateAuthority[]): IssuingPath[] {
  return authorities.flatMap((authority) => {
    const issuer = authority.chain.find((candidate) => isNamedIssuer(certificate, candidate));
    if (issuer === undefined) return [];
    const above = pathAbove(issuer, authority);
    if (above === null || !isSignedBy(certificate, issuer)) return [];
    return [{ authority: authority.name, issuer, isValidAt: (time: number) => isPathValidAt(authority, above, time) }];
  });
}

/** Does the same for a certificate that the root lists itself. Its issuers are in the chain, or it is its own anchor. */
export function findListedPath(listed: ParsedCertificate, authority: CertificateAuthority): Pick<IssuingPath, "isValidAt"> | null {
  const issuer = issuerIn(listed, authority);
  const above = issuer === null ? [] : pathAbove(issuer, authority);
  return above && { isValidAt: (time) => isPathValidAt(authority, above, time) };
}

function isPathValidAt({ validFor }: CertificateAuthority, path: readonly ParsedCertificate[], time: number): boolean {
  return includesTime(validFor, time) && path.every(({ notBefore, notAfter }) => includesTime({ from: notBefore, to: notAfter }, time));
}

/** Reports whether issuer and subject are the same bytes, and the key identifiers too if both are there. */
export function isNamedIssuer(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  if (!certificate.issuer.equals(issuer.subject)) return false;
  const { issuerKeyId } = certificate;
  const { subjectKeyId } = issuer;
  return issuerKeyId === null || subjectKeyId === null || issuerKeyId.equals(subjectKeyId);
}

export function isSignedBy(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return issuer.key.kind === "loaded" && certificate.isSignedBy(issuer.key.key.keyObject);
}

/** Reports whether a certificate may issue others, with so many authorities between it and the signing certificate. */
export function isAuthority({ pathLength }: ParsedCertificate, below: number): boolean {
  return pathLength !== null && pathLength >= below;
}

const PATHS = new WeakMap<CertificateAuthority, Map<ParsedCertificate, readonly ParsedCertificate[] | null>>();

/** Returns the way from an issuing certificate up to its anchor, or null if the chain is not sound. It is verified once. */
function pathAbove(issuer: ParsedCertificate, authority: CertificateAuthority): readonly ParsedCertificate[] | null {
  const known = PATHS.get(authority) ?? new Map<ParsedCertificate, readonly ParsedCertificate[] | null>();
  PATHS.set(authority, known);
  const kept = known.get(issuer);
  if (kept !== undefined) return kept;
  const path = climb(issuer, authority);
  known.set(issuer, path);
  return path;
}

/** The last certificate is the anchor. Only the root that lists it vouches for it. */
function climb(issuer: ParsedCertificate, authority: CertificateAuthority): readonly ParsedCertificate[] | null {
  const path: ParsedCertificate[] = [];
  for (let next: ParsedCertificate | null = issuer; next !== null && !path.includes(next); next = issuerIn(next, authority)) {
    if (!isAuthority(next, path.length)) return null;
    path.push(next);
  }
  return path;
}

function issuerIn(certificate: ParsedCertificate, { chain }: CertificateAuthority): ParsedCertificate | null {
  return (
    chain.find((candidate) => candidate !== certificate && isNamedIssuer(certificate, candidate) && isSignedBy(certificate, candidate)) ??
    null
  );
}
