import { includesTime, type CertificateAuthority } from "../trust/trust-material.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

/** A verified way from a certificate's issuer to an anchor. */
interface IssuingPath {
  readonly authority: string;
  readonly issuer: ParsedCertificate;
  /** Whether authority and every certificate of the path are valid then (epoch milliseconds). */
  readonly isValidAt: (time: number) => boolean;
}

/**
 * The authorities that issued a certificate: named as its issuer, and its signature verifies with theirs.
 * Time is not looked at; RFC 5280 section 6.1 is followed for names, signatures, basic constraints and path lengths.
 *
 * The chain above an issuer is verified once for as long as its material is in use; only the signature on the certificate itself is
 * left for each.
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

/**
 * The same for a certificate that the root lists itself, as it does with those of timestamp authorities: its issuers are in the chain, or
 * nobody's are and it is its own anchor.
 */
export function findListedPath(listed: ParsedCertificate, authority: CertificateAuthority): Pick<IssuingPath, "isValidAt"> | null {
  const issuer = issuerIn(listed, authority);
  const above = issuer === null ? [] : pathAbove(issuer, authority);
  return above && { isValidAt: (time) => isPathValidAt(authority, above, time) };
}

function isPathValidAt({ validFor }: CertificateAuthority, path: readonly ParsedCertificate[], time: number): boolean {
  return includesTime(validFor, time) && path.every(({ notBefore, notAfter }) => includesTime({ from: notBefore, to: notAfter }, time));
}

/** Issuer and subject are the same bytes and, where both are there, the key identifiers are. */
export function isNamedIssuer(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  if (!certificate.issuer.equals(issuer.subject)) return false;
  const { issuerKeyId } = certificate;
  const { subjectKeyId } = issuer;
  return issuerKeyId === null || subjectKeyId === null || issuerKeyId.equals(subjectKeyId);
}

export function isSignedBy(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return issuer.key.kind === "loaded" && certificate.isSignedBy(issuer.key.key.keyObject);
}

/** Whether a certificate may issue others with so many authorities between it and the signing certificate. */
export function isAuthority({ pathLength }: ParsedCertificate, below: number): boolean {
  return pathLength !== null && pathLength >= below;
}

const PATHS = new WeakMap<CertificateAuthority, Map<ParsedCertificate, readonly ParsedCertificate[] | null>>();

/** From an issuing certificate up to its anchor, or null where the chain is not sound. Verified once. */
function pathAbove(issuer: ParsedCertificate, authority: CertificateAuthority): readonly ParsedCertificate[] | null {
  const known = PATHS.get(authority) ?? new Map<ParsedCertificate, readonly ParsedCertificate[] | null>();
  PATHS.set(authority, known);
  const kept = known.get(issuer);
  if (kept !== undefined) return kept;
  const path = climb(issuer, authority);
  known.set(issuer, path);
  return path;
}

/** The last certificate is the anchor: nothing vouches for it but the root that lists it. */
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
