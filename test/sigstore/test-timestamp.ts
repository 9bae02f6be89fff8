import { createHash, sign } from "node:crypto";
import { der, integer, octets, oid, sequence, set, time } from "./der.ts";
import { nameOf, type KeyPair } from "./test-pki.ts";

export interface TimestampSigner {
  readonly key: KeyPair;
  /** The certificate that names the signer (DER), and the name of who issued it. */
  readonly certificate: Buffer;
  readonly issuer: string;
  readonly serial: Buffer;
}

const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
const INFO = "1.2.840.113549.1.9.16.1.4";

/** The answer of a timestamp authority over some bytes (RFC 3161). */
export function makeTimestamp({ key, issuer, serial }: TimestampSigner, stamped: Uint8Array, at: number): Buffer {
  const imprint = sequence(SHA256, octets(createHash("sha256").update(stamped).digest()));
  const info = sequence(integer(1), oid("1.2.3.4"), imprint, integer(7), time(at));
  const attribute = (id: string, value: Buffer): Buffer => sequence(oid(id), set(value));
  const attributes = [
    attribute("1.2.840.113549.1.9.3", oid(INFO)),
    attribute("1.2.840.113549.1.9.4", octets(createHash("sha256").update(info).digest())),
  ];
  const signature = sign("sha256", set(...attributes), key.privateKey);
  const signer = sequence(
    integer(1),
    sequence(nameOf(issuer), serial),
    SHA256,
    der(0xa0, ...attributes),
    sequence(oid("1.2.840.10045.4.3.2")),
    octets(signature),
  );
  const content = sequence(oid(INFO), der(0xa0, octets(info)));
  const signedData = sequence(integer(3), set(SHA256), content, set(signer));
  return sequence(sequence(integer(0)), sequence(oid("1.2.840.113549.1.7.2"), der(0xa0, signedData)));
}
