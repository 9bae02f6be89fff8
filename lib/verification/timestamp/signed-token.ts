import { createHash, timingSafeEqual, verify, type KeyObject } from "node:crypto";
import type { RFC3161Timestamp } from "@sigstore/core";
import { encodeDer, encodeElement } from "../certificate/encode-der.ts";
import { parseCertificate, type ParsedCertificate } from "../certificate/parse-certificate.ts";
import { CERTIFICATE_CHAIN_LIMIT } from "../limits.ts";

type Asn1 = RFC3161Timestamp["root"];

/** A timestamp token, opened. Its methods may throw for malformed tokens. */
export interface SignedToken {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Certificates that the token brought along. Until a trusted authority is seen to have issued them, they may be an attacker's. */
  readonly certificates: readonly ParsedCertificate[];
  /** Reports whether the token names this certificate as its signer, by issuer and serial number. */
  names(certificate: ParsedCertificate): boolean;
  /** Reports whether the imprint is over the bytes. */
  isOver(bytes: Uint8Array): boolean;
  isSignedBy(key: KeyObject): boolean;
}

const SET = 0x31;
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TIMESTAMP_INFO = "1.2.840.113549.1.9.16.1.4";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
/** Signature algorithms that name their hash themselves: ECDSA and RSA PKCS #1 with SHA-2. The library knows those of ECDSA only. */
const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
};

/**
 * Opens the token of a response: RFC 5652 section 5 with the restrictions of RFC 3161 section 2.4.2.
 * The library finds the parts; the signature is checked here because it verifies no RSA signature over SHA-384 or SHA-512,
 * and keeps the certificates of the token to itself.
 */
export function readSignedToken(response: RFC3161Timestamp): SignedToken {
  if (response.contentType !== SIGNED_DATA || response.eContentType !== TIMESTAMP_INFO) throw new TypeError("no timestamp token");
  const { tstInfo } = response;
  const signedData = response.root.subs[1]!.subs[1]!.subs[0]!;
  const signer = signedData.subs.at(-1)!.subs[0]!;
  const attributes = member(signer, 0);
  // These are the octets as they were sent, and not what a parser makes of them.
  const info = signedData.subs[2]!.subs[1]!.subs[0]!.value;
  return {
    time: readTime(tstInfo.root.subs[4]!.value),
    certificates: readCertificates(signedData),
    names: ({ tree, issuer }) =>
      tree !== null && response.signerSerialNumber.equals(tree.serialNumber) && response.signerIssuer.equals(issuer),
    isOver: (bytes) => areEqual(hash(tstInfo.messageImprintHashAlgorithm, bytes), tstInfo.messageImprintHashedMessage),
    isSignedBy: (key) => {
      const content = hash(response.signerDigestAlgorithm, info);
      if (!areEqual(content, attribute(attributes, MESSAGE_DIGEST).value)) return false;
      if (attribute(attributes, CONTENT_TYPE).toOID() !== TIMESTAMP_INFO) return false;
      // The SET itself is signed, and not the member that holds it: RFC 5652 section 5.4.
      const signed = encodeDer(SET, attributes.value);
      const algorithm = SIGNATURE_HASHES[signer.subs[4]!.subs[0]!.toOID()] ?? response.signerDigestAlgorithm;
      return verify(algorithm, signed, key, response.signatureValue);
    },
  };
}

/** Reads a GeneralizedTime of RFC 3161 section 2.4.2: seconds with any fraction, of which the library reads three digits only. */
function readTime(value: Uint8Array): number {
  const groups = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(Buffer.from(value).toString("latin1"));
  if (groups === null) throw new TypeError("a time that is none");
  const [, year, month, day, hour, minute, second, fraction = ""] = groups;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw new TypeError("a time that is none");
  return time + Math.floor(Number(`0${fraction}`) * 1000);
}

function readCertificates(signedData: Asn1): ParsedCertificate[] {
  const certificates = signedData.subs.find(({ tag }) => tag.isContextSpecific(0))?.subs ?? [];
  return certificates
    .slice(0, CERTIFICATE_CHAIN_LIMIT)
    .map((certificate) => parseCertificate(encodeElement(certificate)))
    .filter((certificate) => certificate !== null);
}

function member(sequence: Asn1, number: number): Asn1 {
  const found = sequence.subs.find(({ tag }) => tag.isContextSpecific(number));
  if (!found) throw new TypeError("a token without signed attributes");
  return found;
}

/** Returns the one value of an attribute. */
function attribute(attributes: Asn1, oid: string): Asn1 {
  const found = attributes.subs.filter(({ subs }) => subs[0]!.toOID() === oid);
  if (found.length !== 1) throw new TypeError("a token without one attribute of a kind");
  return found[0]!.subs[1]!.subs[0]!;
}

function hash(algorithm: string, bytes: Uint8Array): Buffer {
  return createHash(algorithm).update(bytes).digest();
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
