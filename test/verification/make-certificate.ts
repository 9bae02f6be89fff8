import { createPublicKey } from "node:crypto";
import type { TestKey } from "./make-candidate.ts";

const ECDSA_WITH_SHA256 = Buffer.from("300a06082a8648ce3d040302", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A self-signed certificate (PEM) of an ECDSA P-256 key for a URI, like those of keyless signatures. */
export function makeCertificate(key: TestKey, uri: string): string {
  const name = der(0x30);
  const validity = der(0x30, der(0x17, Buffer.from("260101000000Z")), der(0x17, Buffer.from("360101000000Z")));
  const publicKey = createPublicKey(key.pem).export({ type: "spki", format: "der" });
  const alternativeName = der(0x30, SUBJECT_ALTERNATIVE_NAME, der(0x04, der(0x30, der(0x86, Buffer.from(uri)))));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const body = der(0x30, version, serial, ECDSA_WITH_SHA256, name, validity, name, publicKey, der(0xa3, der(0x30, alternativeName)));
  const certificate = der(0x30, body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), key.sign(body)));
  return `-----BEGIN CERTIFICATE-----\n${certificate
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n")}\n-----END CERTIFICATE-----\n`;
}
