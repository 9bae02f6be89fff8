import type { ParsedCertificate } from "./parse-certificate.ts";

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_USE = "2.5.29.37.0";
/** The critical extensions that are understood here: key usage, subject alternative name, basic constraints, extended key usage. */
const UNDERSTOOD_CRITICAL = new Set(["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"]);

/**
 * Says why a certificate may not sign code, or returns null if it may, by RFC 5280 section 4.2 and Sigstore's certificate profile
 * (https://github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md).
 *
 * With the purpose `"stated"`, the certificate must name code signing, as Fulcio's do. With `"unrestricted"`, it may leave its uses open,
 * as certificates of own PKIs do.
 */
export function faultOfSigningCertificate({ tree, uses }: ParsedCertificate, purpose: "stated" | "unrestricted"): string | null {
  try {
    if (tree?.extBasicConstraints?.isCA === true) return "a certificate of an authority, which signs certificates and no images";
    if (tree?.extKeyUsage?.digitalSignature === false) return "a certificate that is not for signatures";
    if (!(uses?.includes(CODE_SIGNING) ?? false)) {
      const open = purpose === "unrestricted" && (uses === null || uses.length === 0 || uses.includes(ANY_USE));
      if (!open) return "a certificate that is not for signing code";
    }
    return faultOfExtensions(tree);
  } catch {
    return "a certificate whose extensions cannot be read";
  }
}

/** Name constraints are not enforced here, so a certificate that sets some is not followed. */
const NAME_CONSTRAINTS = "2.5.29.30";

/**
 * Reports whether an authority of an own PKI may stand above a certificate that signs code: its critical extensions are understood, it
 * constrains no names, and if it names its uses, code signing is among them (RFC 5280 sections 4.2 and 6.1).
 */
export function mayIssueForCode({ tree, uses }: ParsedCertificate): boolean {
  try {
    if (uses !== null && !uses.includes(CODE_SIGNING) && !uses.includes(ANY_USE)) return false;
    const constrains = (tree?.extensions ?? []).some(({ subs }) => subs[0]!.toOID() === NAME_CONSTRAINTS);
    return !constrains && faultOfExtensions(tree) === null;
  } catch {
    return false;
  }
}

function faultOfExtensions(tree: ParsedCertificate["tree"]): string | null {
  for (const { subs } of tree?.extensions ?? []) {
    const critical = subs.length === 3 && subs[1]!.toBoolean();
    const name = subs[0]!.toOID();
    if (critical && !UNDERSTOOD_CRITICAL.has(name)) return `a certificate with the critical extension ${name}, which is not understood`;
  }
  return null;
}
