import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { der, integer, octets, oid, sequence, set, time, utf8 } from "./der.ts";

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** SHA-256 of it: the id of a log. */
  readonly id: Buffer;
}

export function makeKeyPair(namedCurve = "P-256"): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const spki = publicKey.export({ type: "spki", format: "der" });
  return { privateKey, publicKey, spki, id: createHash("sha256").update(spki).digest() };
}

export interface CertificateOptions {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyPair;
  readonly signer: KeyPair;
  readonly from: number;
  readonly to: number;
  readonly extensions: readonly Buffer[];
}

const SIGNATURE_ALGORITHMS: Readonly<Record<string, [oid: string, hash: string]>> = {
  prime256v1: ["1.2.840.10045.4.3.2", "sha256"],
  secp384r1: ["1.2.840.10045.4.3.3", "sha384"],
};

let serial = 0;

/** A certificate of version 3 (DER). */
export function makeX509(options: CertificateOptions): Buffer {
  const tbs = makeTbs(options);
  return signTbs(tbs, options.signer);
}

/** What a certificate is signed over, with a serial number of its own. */
export function makeTbs({ subject, issuer, key, signer, from, to, extensions }: CertificateOptions): Buffer {
  serial = (serial + 1) % 0x7fff;
  const number = der(0x02, Buffer.from([1, serial >> 8, serial & 0xff]));
  return sequence(
    der(0xa0, integer(2)),
    number,
    algorithmOf(signer),
    nameOf(issuer),
    sequence(time(from), time(to)),
    nameOf(subject),
    key.spki,
    der(0xa3, sequence(...extensions)),
  );
}

export function signTbs(tbs: Buffer, signer: KeyPair): Buffer {
  const [, hash] = SIGNATURE_ALGORITHMS[signer.privateKey.asymmetricKeyDetails!.namedCurve!]!;
  return sequence(tbs, algorithmOf(signer), der(0x03, Buffer.from([0]), sign(hash, tbs, signer.privateKey)));
}

function algorithmOf({ privateKey }: KeyPair): Buffer {
  return sequence(oid(SIGNATURE_ALGORITHMS[privateKey.asymmetricKeyDetails!.namedCurve!]![0]));
}

export function nameOf(text: string): Buffer {
  return text === "" ? sequence() : sequence(set(sequence(oid("2.5.4.3"), utf8(text))));
}

export function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), octets(value));
}

export const AUTHORITY = [
  extension("2.5.29.19", sequence(der(0x01, Buffer.from([0xff]))), true),
  extension("2.5.29.15", der(0x03, Buffer.from([1, 0x06])), true),
];
export const SIGNS = extension("2.5.29.15", der(0x03, Buffer.from([7, 0x80])), true);
export const CODE_SIGNING = extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.3")));
export const TIME_STAMPING = extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.8")), true);

export function toPem(certificate: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replaceAll(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
}
