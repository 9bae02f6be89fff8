import { CERTIFICATE_CHAIN_LIMIT } from "../limits.ts";
import { isAuthority, isNamedIssuer, isSignedBy } from "./issuing-path.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

/** Certificates of an own PKI: what may be believed, and what may lie between. */
export interface OwnAuthorities {
  readonly anchors: readonly ParsedCertificate[];
  readonly intermediates: readonly ParsedCertificate[];
}

/** Self-signed certificates are anchors; the others help to build paths, or are signing certificates named one by one. */
export function sortAuthorities(certificates: readonly ParsedCertificate[]): OwnAuthorities {
  const isSelfSigned = (certificate: ParsedCertificate): boolean =>
    isNamedIssuer(certificate, certificate) && isSignedBy(certificate, certificate);
  const anchors = certificates.filter((certificate) => isSelfSigned(certificate));
  return { anchors, intermediates: certificates.filter((certificate) => !anchors.includes(certificate)) };
}

/**
 * The certificates from the signing one up to an anchor, or null. `offered` lie beside the signature: they may only fill gaps.
 * Each step is verified before it is taken, so a hostile chain costs at most its own length in signatures.
 */
export function findOwnPath(
  leaf: ParsedCertificate,
  { anchors, intermediates }: OwnAuthorities,
  offered: readonly ParsedCertificate[],
): readonly ParsedCertificate[] | null {
  if ([...anchors, ...intermediates].some((named) => isSame(named, leaf))) return [leaf];
  const between = [...intermediates, ...offered.slice(0, CERTIFICATE_CHAIN_LIMIT)];
  const path = [leaf];
  while (path.length <= CERTIFICATE_CHAIN_LIMIT) {
    const last = path.at(-1)!;
    // A certificate of version 1 cannot say that it is an authority; whoever lists it as an anchor does.
    const anchor = anchors.find(
      (candidate) => (candidate.tree === null || isAuthority(candidate, path.length - 1)) && isIssuer(last, candidate),
    );
    if (anchor) return [...path, anchor];
    const next = between.find(
      (candidate) => !path.some((used) => isSame(used, candidate)) && isAuthority(candidate, path.length - 1) && isIssuer(last, candidate),
    );
    if (!next) return null;
    path.push(next);
  }
  return null;
}

function isIssuer(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return isNamedIssuer(certificate, issuer) && isSignedBy(certificate, issuer);
}

function isSame(left: ParsedCertificate, right: ParsedCertificate): boolean {
  return left.der.equals(right.der);
}
