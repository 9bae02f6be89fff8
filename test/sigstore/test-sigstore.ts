import { createHash, sign } from "node:crypto";
import { der, octets, sequence, utf8 } from "./der.ts";
import type { LogOptions } from "./test-log.ts";
import {
  AUTHORITY,
  CODE_SIGNING,
  extension,
  makeKeyPair,
  makeTbs,
  makeX509,
  SIGNS,
  signTbs,
  TIME_STAMPING,
  type KeyPair,
} from "./test-pki.ts";
import type { TimestampSigner } from "./test-timestamp.ts";

/** A whole private Sigstore: who issues identities, who logs them, who logs signatures, who stamps times. */
export interface TestSigstore {
  /** Text of its trusted_root.json. */
  readonly trustedRoot: string;
  readonly log: LogOptions;
  readonly timestamps: TimestampSigner;
  /** A signing certificate (DER) for the key, valid ten minutes from `at`. */
  issue(key: KeyPair, at: number, options?: IssueOptions): Buffer;
}

export interface IssueOptions {
  readonly subject?: string;
  readonly issuer?: string;
  /** Extensions of Fulcio by number, as text. */
  readonly claims?: Readonly<Record<number, string>>;
  readonly sct?: "right" | "missing" | "forged" | "of-unknown-log";
  readonly extensions?: readonly Buffer[];
  /** The extended key usage, if not code signing. */
  readonly uses?: Buffer;
}

export const SUBJECT = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.0.0";
export const ISSUER = "https://token.actions.githubusercontent.com";
const START = Date.parse("2026-01-01T00:00:00Z");
const END = Date.parse("2036-01-01T00:00:00Z");
const TEN_MINUTES = 600_000;

/** Makes one; every call has keys of its own. */
export function makeSigstore(name = "test", caExtensions: readonly Buffer[] = AUTHORITY, tsaUses = TIME_STAMPING): TestSigstore {
  const [rootKey, caKey, ctKey, stranger, logKey, tsaKey] = [
    makeKeyPair("P-384"),
    makeKeyPair("P-384"),
    makeKeyPair(),
    makeKeyPair(),
    makeKeyPair(),
    makeKeyPair(),
  ];
  const lasting = { from: START, to: END };
  const rootName = `${name} root`;
  const root = makeX509({ ...lasting, subject: rootName, issuer: rootName, key: rootKey, signer: rootKey, extensions: AUTHORITY });
  const ca = makeX509({ ...lasting, subject: `${name} ca`, issuer: rootName, key: caKey, signer: rootKey, extensions: caExtensions });
  const tsa = makeX509({
    ...lasting,
    subject: `${name} tsa`,
    issuer: rootName,
    key: tsaKey,
    signer: rootKey,
    extensions: [SIGNS, tsaUses],
  });
  const issue = (key: KeyPair, at: number, options: IssueOptions = {}): Buffer => {
    const { sct = "right", extensions = [], uses = CODE_SIGNING } = options;
    const common = { subject: "", issuer: `${name} ca`, key, signer: caKey, from: at, to: at + TEN_MINUTES };
    const own = [SIGNS, uses, ...identityOf(options), ...extensions];
    const tbs = makeTbs({ ...common, extensions: own });
    if (sct === "missing") return signTbs(tbs, caKey);
    const log = sct === "of-unknown-log" ? stranger : ctKey;
    const stamp = makeSct(log, sct === "forged" ? Buffer.concat([tbs, Buffer.from([0])]) : tbs, caKey, at);
    return signTbs(insertExtension(tbs, stamp), caKey);
  };
  const period = { start: new Date(START).toISOString() };
  const chain = (...certificates: Buffer[]): object => ({
    certificates: certificates.map((raw) => ({ rawBytes: raw.toString("base64") })),
  });
  const logMessage = (key: KeyPair, baseUrl: string): object => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: key.spki.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: period },
    logId: { keyId: key.id.toString("base64") },
  });
  const trustedRoot = JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logMessage(logKey, `https://rekor.${name}`)],
    ctlogs: [logMessage(ctKey, `https://ct.${name}`)],
    certificateAuthorities: [{ uri: `https://fulcio.${name}`, certChain: chain(ca, root), validFor: period }],
    timestampAuthorities: [{ uri: `https://tsa.${name}`, certChain: chain(tsa, root), validFor: period }],
  });
  const serial = serialOf(tsa);
  return {
    trustedRoot,
    log: { key: logKey, name: `rekor.${name}` },
    timestamps: { key: tsaKey, certificate: tsa, issuer: rootName, serial },
    issue,
  };
}

function identityOf({ subject = SUBJECT, issuer = ISSUER, claims = {} }: IssueOptions): Buffer[] {
  const tag = subject.includes("://") ? 0x86 : 0x81;
  const fulcio = (number: number): string => `1.3.6.1.4.1.57264.1.${number}`;
  return [
    extension("2.5.29.17", sequence(der(tag, Buffer.from(subject))), true),
    ...(issuer === "" ? [] : [extension(fulcio(1), Buffer.from(issuer)), extension(fulcio(8), utf8(issuer))]),
    ...Object.entries(claims).map(([number, text]) =>
      extension(fulcio(Number(number)), Number(number) < 7 ? Buffer.from(text) : utf8(text)),
    ),
  ];
}

/** RFC 6962 section 3.2 and 3.3. */
function makeSct(log: KeyPair, tbs: Buffer, issuer: KeyPair, at: number): Buffer {
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(BigInt(at));
  const length = Buffer.alloc(3);
  length.writeUIntBE(tbs.length, 0, 3);
  const keyHash = createHash("sha256").update(issuer.spki).digest();
  const signed = Buffer.concat([Buffer.from([0, 0]), timestamp, Buffer.from([0, 1]), keyHash, length, tbs, Buffer.from([0, 0])]);
  const signature = sign("sha256", signed, log.privateKey);
  const sct = Buffer.concat([Buffer.from([0]), log.id, timestamp, Buffer.from([0, 0, 4, 3]), uint16(signature.length), signature]);
  return extension("1.3.6.1.4.1.11129.2.4.2", octets(uint16(sct.length + 2), uint16(sct.length), sct));
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** The body with one more extension at its end: all lengths around it are written anew. */
function insertExtension(tbs: Buffer, added: Buffer): Buffer {
  const parts = children(tbs);
  const list = children(children(parts.at(-1)!)[0]!);
  return sequence(...parts.slice(0, -1), der(0xa3, sequence(...list, added)));
}

function serialOf(certificate: Buffer): Buffer {
  return children(children(certificate)[0]!)[1]!;
}

/** The elements inside a constructed one. */
function children(element: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = headerOf(element); at < element.length;) {
    const rest = element.subarray(at);
    const size = headerOf(rest) + lengthOf(rest);
    found.push(rest.subarray(0, size));
    at += size;
  }
  return found;
}

function headerOf(element: Buffer): number {
  return element[1]! < 0x80 ? 2 : 2 + (element[1]! & 0x7f);
}

function lengthOf(element: Buffer): number {
  return element[1]! < 0x80 ? element[1]! : element.readUIntBE(2, element[1]! & 0x7f);
}
