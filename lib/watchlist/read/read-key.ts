import { createPublicKey, type KeyObject } from "node:crypto";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { quoteFound } from "./quote-found.ts";
import { listPemBlocks, readPem } from "./read-pem.ts";
import { readText } from "./read-value.ts";
import { reportError, reportNotBuilt, type YamlValue } from "./source-file.ts";

/** A public key of a policy. */
interface FoundKey {
  /** Null if the key is in a key service. */
  readonly pem: string | null;
  /** As written, or `inline`. */
  readonly source: string;
  /** Equal for equal keys, however they are written. */
  readonly identity: string;
}

const AWS_KMS =
  /^awskms:\/\/\/(?:alias\/[\w/-]+|[\da-f-]{36}|mrk-[\da-f]{32}|arn:aws(?:-[a-z]+)*:kms:[a-z\d-]+:\d{12}:(?:alias\/[\w/-]+|key\/[\w-]+))$/;
const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const RSA_BITS = { least: 2048, most: 8192 } as const;
const EXTRACT = "write the public key (cosign public-key, or openssl pkey -pubout)";

/** Reads `key:`: the path of a PEM file, PEM text, or a key of AWS KMS. A private key is refused and never shown. */
export function readKey(value: YamlValue | undefined): FoundKey | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  if (text.startsWith("awskms:")) return readKmsKey(text, value);
  const scheme = /^([a-z\d]+):\/\//i.exec(text)?.[1];
  if (scheme !== undefined)
    return reportError(value, "unsupported-key", `found a key kept in ${scheme}://`, "write a PEM file's path, PEM text or awskms:///…");
  const pem = readPem(text, value);
  if (pem === null) return null;
  const identity = identifyPublicKey(pem, quoteFound(text), value);
  return identity && { pem: `${pem.trim()}\n`, source: pem === text ? "inline" : text, identity };
}

function readKmsKey(text: string, value: YamlValue): FoundKey | null {
  if (!AWS_KMS.test(text)) {
    const remedy = "write awskms:///alias/NAME or awskms:///arn:aws:kms:REGION:ACCOUNT:key/ID";
    return reportError(value, "unsupported-key", `found ${quoteFound(text)} for ${value.label}`, remedy);
  }
  const remedy = "write the path of its public key (aws kms get-public-key); until then its releases are unknown";
  reportNotBuilt(value, "a key in AWS KMS", remedy);
  return { pem: null, source: text, identity: text };
}

function identifyPublicKey(pem: string, what: string, value: YamlValue): Digest | null {
  const refuse = (code: string, found: string, remedy: string): null => reportError(value, code, `found ${found}`, remedy);
  const blocks = listPemBlocks(pem);
  const block = blocks[0] ?? "";
  if (blocks.some((name) => name.includes("PRIVATE"))) {
    const kind = pem.includes("ENCRYPTED") ? "an encrypted private key" : "a private key";
    return refuse("private-key", `${kind} in ${what}, where a public key is expected`, `${EXTRACT}, and keep the private one elsewhere`);
  }
  if (block === "CERTIFICATE")
    return refuse("bad-key", `a certificate in ${what}, where a public key is expected`, "write certificates: [FILE] instead of key:");
  if (block.startsWith("PGP")) return refuse("bad-key", `a PGP key in ${what}, where PEM is expected`, "write gpg: FILE instead of key:");
  if (blocks.length !== 1) return refuse("bad-key", `${blocks.length} PEM blocks in ${what}`, "write one signer for each key");
  if (block !== "PUBLIC KEY" && block !== "RSA PUBLIC KEY") return refuse("bad-key", `a PEM block of type ${block} in ${what}`, EXTRACT);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return refuse("bad-key", `PEM text that holds no readable public key in ${what}`, EXTRACT);
  }
  const fault = faultOf(key);
  const remedy = "write an ECDSA (P-256, P-384, P-521), RSA (2048 to 8192 bits) or Ed25519 key";
  if (fault !== null) return refuse("unsupported-key", `${fault} in ${what}`, remedy);
  return digestOf(key.export({ type: "spki", format: "der" }));
}

/** Returns what is wrong with a key, or null for the key types that cosign signs with. */
function faultOf(key: KeyObject): string | null {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "ed25519") return null;
  if (key.asymmetricKeyType === "ec") return CURVES.has(namedCurve ?? "") ? null : `a key on the curve ${namedCurve ?? "of its own"}`;
  if (key.asymmetricKeyType !== "rsa") return `a key of type ${key.asymmetricKeyType ?? "unknown"}`;
  if (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most) return `an RSA key of ${modulusLength} bits`;
  // With exponent 1 every text signs itself.
  return publicExponent >= 3n && publicExponent % 2n === 1n ? null : `an RSA key with exponent ${publicExponent}`;
}
