import { generateKeyPairSync, sign } from "node:crypto";

/** PEM texts of a self-signed certificate, which is also its own authority, for 127.0.0.1 and the given hosts. */
export interface TlsCertificate {
  readonly certificate: string;
  readonly key: string;
}

const ECDSA_WITH_SHA256 = Buffer.from("300a06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const BASIC_CONSTRAINTS = Buffer.from("300f0603551d130101ff040530030101ff", "hex");
const LOOPBACK = Buffer.from("87047f000001", "hex");

/** `until` is its end as UTCTime. */
export function makeTlsCertificate(name: string, hosts: readonly string[] = [], until = "490101000000Z"): TlsCertificate {
  const alternatives = Buffer.concat([LOOPBACK, ...hosts.map((host) => der(0x82, Buffer.from(host)))]);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const validity = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from(until)));
  const extensions = der(0xa3, der(0x30, BASIC_CONSTRAINTS, der(0x30, SUBJECT_ALTERNATIVE_NAME, der(0x04, der(0x30, alternatives)))));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const body = der(0x30, version, serial, ECDSA_WITH_SHA256, names, validity, names, spki, extensions);
  const certificate = der(0x30, body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), sign("sha256", body, privateKey)));
  const text = certificate.toString("base64").replace(/(.{64})(?=.)/g, "$1\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
