import { createHash, sign } from "node:crypto";
import type { KeyPair } from "./test-pki.ts";

export interface LogOptions {
  readonly key: KeyPair;
  readonly name: string;
}

export interface LogEntryOptions {
  readonly body: object;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly promise: boolean;
  readonly proof: boolean;
}

/** An entry as a bundle holds it, in a tree of two. */
export function makeLogEntry({ key, name }: LogOptions, { body, at, promise, proof }: LogEntryOptions): object {
  const canonicalizedBody = Buffer.from(JSON.stringify(body));
  const encoded = canonicalizedBody.toString("base64");
  const integratedTime = Math.floor(at / 1000);
  const { kind, apiVersion } = body as { kind: string; apiVersion: string };
  return {
    logIndex: "1",
    logId: { keyId: key.id.toString("base64") },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    ...(promise ? { inclusionPromise: { signedEntryTimestamp: signPromise(key, encoded, integratedTime).toString("base64") } } : {}),
    ...(proof ? { inclusionProof: prove({ key, name }, canonicalizedBody) } : {}),
    canonicalizedBody: encoded,
  };
}

/** The value of cosign's annotation for an entry. */
export function makeLogAnnotation({ key }: LogOptions, body: object, at: number): string {
  const encoded = Buffer.from(JSON.stringify(body)).toString("base64");
  const integratedTime = Math.floor(at / 1000);
  return JSON.stringify({
    SignedEntryTimestamp: signPromise(key, encoded, integratedTime).toString("base64"),
    Payload: { body: encoded, integratedTime, logIndex: 1, logID: key.id.toString("hex") },
  });
}

function signPromise({ privateKey, id }: KeyPair, body: string, integratedTime: number): Buffer {
  return sign("sha256", Buffer.from(JSON.stringify({ body, integratedTime, logID: id.toString("hex"), logIndex: 1 })), privateKey);
}

function prove({ key, name }: LogOptions, body: Buffer): object {
  const sibling = sha256(Buffer.from("another entry"));
  const root = sha256(Buffer.from([1]), sibling, sha256(Buffer.from([0]), body));
  const note = `${name} - 1\n2\n${root.toString("base64")}\n`;
  const signature = Buffer.concat([key.id.subarray(0, 4), sign("sha256", Buffer.from(note), key.privateKey)]);
  return {
    logIndex: "1",
    treeSize: "2",
    rootHash: root.toString("base64"),
    hashes: [sibling.toString("base64")],
    checkpoint: { envelope: `${note}\n\u2014 ${name} ${signature.toString("base64")}\n` },
  };
}

function sha256(...parts: Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}
