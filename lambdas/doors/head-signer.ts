import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { formatHeadStatement, type HeadSignature } from "../../lib/history/chain/head-signature.ts";
import type { ChainHead } from "../../lib/history/chain/run-link.ts";
import { readRunsBackwards } from "../../lib/history/past/read-runs-backwards.ts";
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

/** Writes a head outside of the history, unless there is one at its position, and returns the one that is there. */
type ClaimHead = (position: number, statement: string) => Promise<string>;

/**
 * Signs the head of the chain, and those before it that a crash left without a signature, with a key that cannot leave KMS. Returns what it
 * signed, the head last; nothing if no run was closed. May be repeated. Each head is written outside of the history before it is signed:
 * whoever can write the history alone could else take signatures out, make the chain again, and have it signed as left by a crash.
 * @throws SealwatchError `history-damaged` if another head was written for a position: nothing is signed then.
 */
export function openHeadSigner(key: string, claim: ClaimHead): (store: HistoryStore) => Promise<SignedHead[]> {
  const client = new KMSClient({ requestHandler: TIMEOUTS });
  return async (store) => {
    const last = await store.chainHead();
    if (last === null) return [];
    const heads = [...(await findUnsigned(store, last)), last];
    const { PublicKey: published } = await client.send(new GetPublicKeyCommand({ KeyId: key }));
    const signed: SignedHead[] = [];
    for (const head of heads) {
      const found = await claim(head.position, formatHeadStatement(head));
      if (found === formatHeadStatement(head)) continue;
      const other = `the head of ${head.run} is not the one that was written for position ${head.position} when a run was closed there`;
      throw new SealwatchError("history-damaged", `sign the history: ${other}; find out who changed it: sealwatch history --verify`);
    }
    for (const { position, run, hash } of heads) {
      const statement = formatHeadStatement({ position, run, hash });
      const message = { Message: Buffer.from(statement), MessageType: "RAW", SigningAlgorithm: "ECDSA_SHA_256" } as const;
      const { Signature: made } = await client.send(new SignCommand({ KeyId: key, ...message }));
      if (made === undefined || published === undefined)
        throw new SealwatchError("internal", `sign the head of ${run}: KMS gave no signature`);
      const signature = { position, run, hash, signature: Buffer.from(made).toString("base64") };
      await store.saveHeadSignature(signature);
      signed.push({ signature, statement, pem: formatPem(published) });
    }
    return signed;
  };
}

/** Returns what the heads between the last signed one and the present one were, oldest first. */
async function findUnsigned(store: HistoryStore, { position: end }: ChainHead): Promise<Pick<ChainHead, "position" | "run" | "hash">[]> {
  const last = (await store.headSignatures()).at(-1)?.position ?? end;
  const found: Pick<ChainHead, "position" | "run" | "hash">[] = [];
  if (last >= end - 1) return found;
  for await (const { id, link } of readRunsBackwards(store)) {
    if (link !== null && link.position > last && link.position < end) found.push({ position: link.position, run: id, hash: link.hash });
    if (found.length === end - 1 - last) break;
  }
  return found.toSorted((left, right) => left.position - right.position);
}

/** Formats the DER SubjectPublicKeyInfo that KMS returns. https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
function formatPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
}
