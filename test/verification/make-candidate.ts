import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import type { SignatureForm } from "../../lib/discovery/forms.ts";
import { digestOf, hexOf, type Digest } from "../../lib/oci/digest.ts";

/** A key pair with its public key as PEM, and how it signs. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
  /** base64 SHA-256 of the public key, as in the hint of a bundle. */
  readonly hint: string;
  sign(bytes: Uint8Array): Buffer;
}

/** An ECDSA key pair that signs with the given digest. */
export function makeEcKey(namedCurve = "P-256", hash = "sha256"): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  return asTestKey(privateKey, publicKey, (bytes) => sign(hash, bytes, privateKey));
}

export function makeEd25519Key(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return asTestKey(privateKey, publicKey, (bytes) => sign(null, bytes, privateKey));
}

/** An RSA key pair that signs with the given digest and padding (a constant of node:crypto). */
export function makeRsaKey(modulusLength: number, hash = "sha256", padding?: number): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
  return asTestKey(privateKey, publicKey, (bytes) => sign(hash, bytes, padding === undefined ? privateKey : { key: privateKey, padding }));
}

function asTestKey(privateKey: KeyObject, publicKey: KeyObject, signBytes: (bytes: Uint8Array) => Buffer): TestKey {
  const hint = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
  return { privateKey, pem: publicKey.export({ type: "spki", format: "pem" }) as string, hint, sign: signBytes };
}

/** The payload that cosign signs for a digest, with changes to its critical part. */
export function payloadFor(target: Digest, changes: { critical?: object; optional?: unknown } = {}): string {
  const critical = {
    identity: { "docker-reference": "registry.example/app" },
    image: { "docker-manifest-digest": target },
    type: "cosign container image signature",
    ...changes.critical,
  };
  return JSON.stringify({ critical, optional: changes.optional ?? null });
}

/** A candidate with these bytes. */
export function makeCandidate(form: SignatureForm, content: Uint8Array | string, changes: Partial<Candidate> = {}): Candidate {
  const bytes = Buffer.from(content);
  const digest = digestOf(bytes);
  return {
    place: "cosign-tag",
    target: digest,
    artifact: digest,
    form,
    layer: digest,
    annotations: {},
    content: { kind: "bytes", bytes },
    foreignSubject: false,
    ...changes,
  };
}

/** A simple signature over the payload text. */
export function makeSimpleSignature(key: TestKey, payload: string, annotations: Record<string, string> = {}): Candidate {
  const signature = key.sign(Buffer.from(payload)).toString("base64");
  return makeCandidate("simple-signing", payload, { annotations: { "dev.cosignproject.cosign/signature": signature, ...annotations } });
}

/** What `cosign sign` states of a digest, with changes. */
export function statementFor(target: Digest, changes: object = {}): string {
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { [target.split(":")[0]!]: hexOf(target) } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    predicate: {},
    ...changes,
  });
}

/** A DSSE envelope around the text, signed by each key. */
export function makeEnvelope(keys: readonly TestKey[], statement: string, payloadType = "application/vnd.in-toto+json"): object {
  const payload = Buffer.from(statement);
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  return {
    payloadType,
    payload: payload.toString("base64"),
    signatures: keys.map((key) => ({ sig: key.sign(signed).toString("base64"), keyid: "" })),
  };
}

/** A bundle around an envelope, signed by key as cosign 3 does, with changes to the document. */
export function makeBundle(envelope: object, hint: string, changes: { document?: object; material?: object } = {}): string {
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint }, ...changes.material },
    dsseEnvelope: envelope,
    ...changes.document,
  });
}
