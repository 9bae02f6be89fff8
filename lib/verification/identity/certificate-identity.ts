import type { ParsedCertificate } from "../certificate/parse-certificate.ts";
import { ASN1Obj } from "@sigstore/core";
import { malformed, type Malformed } from "../malformed.ts";
import { repositoryOf, workflowFileOf } from "./source-repository.ts";

/** Who a certificate says holds its key, and what the issuer of the identity vouched for. */
export interface CertificateIdentity {
  /** Every name in the subject alternative name that identifies somebody: URIs, e-mail addresses, other names. At least one. */
  readonly subjects: readonly [string, ...string[]];
  /** Null in certificates of 2021 and of own PKIs. */
  readonly issuer: string | null;
  readonly claims: GithubClaims;
}

/** What Fulcio copies out of a GitHub token. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
export interface GithubClaims {
  /** `owner/name` of the repository whose workflow ran. For a reusable workflow it is the caller's. */
  readonly repository: string | null;
  readonly ref: string | null;
  /** The name that the workflow gives itself, which may be any text. */
  readonly workflow: string | null;
  /** `.github/workflows/file.yml` of the workflow that ran, in the repository that it ran for. */
  readonly workflowFile: string | null;
  readonly trigger: string | null;
}

const FULCIO = "1.3.6.1.4.1.57264.1.";
const OTHER_NAME = `${FULCIO}7`;
const NAMES_LIMIT = 16;
const TEXT_LIMIT = 4096;
const UTF8_STRING_TAG = 0x0c;

/**
 * Reads the identity, or says why there is none. Newer extensions hold DER strings, the first six raw text. If two name the same thing,
 * they must agree, or two verifiers would see two identities.
 */
export function readIdentity({ tree }: ParsedCertificate): CertificateIdentity | Malformed {
  try {
    const subjects = readSubjects(tree?.extSubjectAltName);
    const [first, ...others] = subjects;
    if (first === undefined) return malformed("a certificate that names nobody");
    const read = new CertificateReadings((number) => tree?.extension(`${FULCIO}${number}`)?.value ?? null);
    const issuer = read.either(read.text(8), read.raw(1));
    const source = read.text(12);
    const [address, name] = [source === null ? null : repositoryOf(source, issuer), read.raw(5)];
    const isForeign = source !== null && address === null;
    const repository = isForeign ? null : read.either(address, name);
    const ref = read.either(read.text(14), read.raw(6));
    const trigger = read.either(read.text(20), read.raw(2));
    if (read.contradictory) return malformed("a certificate whose extensions contradict each other");
    const workflowFile = isForeign ? null : workflowFileOf(read.text(18), source);
    return { subjects: [first, ...others], issuer, claims: { repository, ref, workflow: read.raw(4), workflowFile, trigger } };
  } catch {
    return malformed("a certificate whose identity cannot be read");
  }
}

type Names = NonNullable<NonNullable<ParsedCertificate["tree"]>["extSubjectAltName"]>;

/** RFC 5280 section 4.2.1.6: tag 6 is a URI, 1 an e-mail address, 0 another name, of which Fulcio has one kind. */
function readSubjects(extension: Names | undefined): string[] {
  const names = extension?.valueObj.subs[0]?.subs ?? [];
  return names.slice(0, NAMES_LIMIT).flatMap((name) => {
    if (name.tag.isContextSpecific(6) || name.tag.isContextSpecific(1)) return readText(name.value);
    if (name.tag.isContextSpecific(0) && name.subs[0]?.toOID() === OTHER_NAME) return readText(name.subs[1]?.subs[0]?.value);
    return [];
  });
}

function readText(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined || bytes.length === 0 || bytes.length > TEXT_LIMIT) return [];
  return [new TextDecoder("utf-8", { fatal: true }).decode(bytes)];
}

/** Reads the extensions of one certificate by number, and notices if two that mean the same differ. May throw if one is malformed. */
class CertificateReadings {
  contradictory = false;
  readonly #valueOf: (number: number) => Uint8Array | null;

  constructor(valueOf: (number: number) => Uint8Array | null) {
    this.#valueOf = valueOf;
  }

  /** Text without a header, as the first extensions have it. */
  raw(number: number): string | null {
    const value = this.#valueOf(number);
    return value === null ? null : decode(value);
  }

  /** A DER UTF8String. */
  text(number: number): string | null {
    const value = this.#valueOf(number);
    if (value === null) return null;
    if (value[0] !== UTF8_STRING_TAG) throw new TypeError("an extension that is no UTF8String");
    return decode(ASN1Obj.parseBuffer(Buffer.from(value)).value);
  }

  either(newer: string | null, older: string | null): string | null {
    if (newer !== null && older !== null && newer !== older) this.contradictory = true;
    return newer ?? older;
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > TEXT_LIMIT) throw new TypeError("an extension of more text than is read");
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
