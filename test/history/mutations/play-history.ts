import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { startRegistry } from "../../../lib/controls/registry-server.ts";
import { formatHeadStatement } from "../../../lib/history/chain/head-signature.ts";
import { verifyChain } from "../../../lib/history/chain/verify-chain.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { auditNight } from "../../audit/night.ts";
import { Scene } from "../../timelines/scene.ts";
import { change, judgement, NIGHTS, SIGNED, tagState } from "../examples.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** Signs the head of the chain, as the stack does after each run. */
async function signHead(store: HistoryStore): Promise<void> {
  const { position, run, hash } = (await store.chainHead())!;
  const signature = sign("sha256", Buffer.from(formatHeadStatement({ position, run, hash })), privateKey).toString("base64");
  await store.saveHeadSignature({ position, run, hash, signature });
}

/** Plays a few nights with losses, recoveries, an acknowledgement and a change that still waits, and signs each head. Returns the public key. */
export async function playHistory(store: HistoryStore): Promise<KeyObject> {
  const registry = await startRegistry();
  try {
    const scene = new Scene(registry, store);
    const spend = async (n: number): Promise<void> => {
      await auditNight(scene.list, store, n, { signsHeads: true });
      await signHead(store);
    };
    for (const tag of ["v1.0.0", "v1.1.0"]) scene.pushSigned(tag);
    await spend(0);
    scene.detachSignature("v1.0.0");
    scene.push("v1.2.0");
    await spend(1);
    await scene.acknowledge("signature-detached", 30, 1);
    scene.sign("v1.2.0");
    await spend(2);
    await spend(3);
    const id = NIGHTS[3];
    await store.openRun({ id, startedAt: id, partial: true });
    const waiting = tagState("v9.9.9", judgement(SIGNED), {
      version: 0,
      run: id,
      pending: [change({ run: id, tag: "v9.9.9", repository: scene.repository })],
    });
    await store.record(scene.repository, { repository: null, tags: [waiting] });
    await store.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0, signs: true });
    await signHead(store);
    return publicKey;
  } finally {
    await registry.close();
  }
}

/** Whether the verification finds anything: a fault, or that it cannot even be read. */
export async function isFound(store: HistoryStore, key: KeyObject): Promise<boolean> {
  try {
    const { fault, waiting } = await verifyChain(store, { key });
    return fault !== null || waiting > 0;
  } catch {
    return true;
  }
}
