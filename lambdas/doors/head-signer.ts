import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { formatHeadStatement, type HeadSignature } from "../../lib/history/chain/head-signature.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** A signature over the head of the chain, with everything that is needed to check it offline. */
export interface SignedHead {
  readonly signature: HeadSignature;
  /** The text that was signed. */
  readonly statement: string;
  /** The public key. */
  readonly pem: string;
}

const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

/** Signs the head of the chain with a key that cannot leave KMS. Returns null if no run was closed. May be repeated. */
export function openHeadSigner(key: string): (store: HistoryStore) => Promise<SignedHead | null> {
  const client = new KMSClient({ requestHandler: TIMEOUTS });
  return async (store) => {
    const head = await store.chainHead();
    if (head === null) return null;
    const { position, run, hash } = head;
    const statement = formatHeadStatement(head);
    const [{ Signature: signed }, { PublicKey: published }] = await Promise.all([
      client.send(new SignCommand({ KeyId: key, Message: Buffer.from(statement), MessageType: "RAW", SigningAlgorithm: "ECDSA_SHA_256" })),
      client.send(new GetPublicKeyCommand({ KeyId: key })),
    ]);
    if (signed === undefined || published === undefined)
      throw new SealwatchError("internal", `sign the head of ${run}: KMS gave no signature`);
    const signature = { position, run, hash, signature: Buffer.from(signed).toString("base64") };
    await store.saveHeadSignature(signature);
    return { signature, statement, pem: formatPem(published) };
  };
}

/** Formats the DER SubjectPublicKeyInfo that KMS returns. https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
function formatPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}
