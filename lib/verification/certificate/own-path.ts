import { CERTIFICATE_CHAIN_LIMIT } from "../limits.ts";
import { mayIssueForCode } from "./check-signing-certificate.ts";
import { isAuthority, isNamedIssuer, isSignedBy } from "./issuing-path.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";

/** Certificates of an own PKI: those that are believed, and those that may lie between. */
export interface OwnAuthorities {
  readonly anchors: readonly ParsedCertificate[];
  readonly intermediates: readonly ParsedCertificate[];
}

/** Sorts the certificates of an own PKI: self-signed ones are anchors, the others lie between, or are signing certificates. */
export function sortAuthorities(certificates: readonly ParsedCertificate[]): OwnAuthorities {
  const isSelfSigned = (certificate: ParsedCertificate): boolean =>
    isNamedIssuer(certificate, certificate) && isSignedBy(certificate, certificate);
  const anchors = certificates.filter((certificate) => isSelfSigned(certificate));
  return { anchors, intermediates: certificates.filter((certificate) => !anchors.includes(certificate)) };
}

/**
 * Finds the ways from the signing certificate up to an anchor, with the anchor. The `offered` certificates lie beside the signature and may
 * only fill gaps. Renewed and cross-signed authorities make several ways; the caller decides which of them is valid at a time.
 *
 * A step is verified before it is taken, and only a limited number is tried, so a hostile chain costs little.
 */
export function findOwnPaths(
  leaf: ParsedCertificate,
  { anchors, intermediates }: OwnAuthorities,
  offered: readonly ParsedCertificate[],
): readonly (readonly ParsedCertificate[])[] {
  if ([...anchors, ...intermediates].some((named) => isSame(named, leaf))) return [[leaf]];
  const between = [...intermediates, ...offered.slice(0, CERTIFICATE_CHAIN_LIMIT)];
  const found: ParsedCertificate[][] = [];
  const waiting: ParsedCertificate[][] = [[leaf]];
  for (let tried = 0; waiting.length > 0 && tried < PATHS_TRIED; tried++) {
    const path = waiting.shift()!;
    const last = path.at(-1)!;
    const below = path.length - 1;
    // A certificate of version 1 cannot say that it is an authority. Whoever lists it as an anchor says so.
    const isAnchor = (candidate: ParsedCertificate): boolean =>
      candidate.tree === null || (isAuthority(candidate, below) && mayIssueForCode(candidate));
    found.push(...anchors.filter((candidate) => isAnchor(candidate) && isIssuer(last, candidate)).map((anchor) => [...path, anchor]));
    if (path.length > CERTIFICATE_CHAIN_LIMIT) continue;
    const isNext = (candidate: ParsedCertificate): boolean =>
      !path.some((used) => isSame(used, candidate)) &&
      isAuthority(candidate, below) &&
      mayIssueForCode(candidate) &&
      isIssuer(last, candidate);
    waiting.push(...between.filter((candidate) => isNext(candidate)).map((next) => [...path, next]));
  }
  return found;
}

const PATHS_TRIED = 32;

function isIssuer(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return isNamedIssuer(certificate, issuer) && isSignedBy(certificate, issuer);
}

function isSame(left: ParsedCertificate, right: ParsedCertificate): boolean {
  return left.der.equals(right.der);
}
