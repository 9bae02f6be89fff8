import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openHeadSigner } from "../../lambdas/doors/head-signer.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { setEnvironment } from "../bin/aws-server.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A key service with one key. */
async function startKms(): Promise<void> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { Message } = JSON.parse(body) as { Message?: string };
      const answer =
        Message === undefined
          ? { PublicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64") }
          : { Signature: sign("sha256", Buffer.from(Message, "base64"), privateKey).toString("base64") };
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  setEnvironment({
    AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
}

async function closeRun(store: HistoryStore, day: number): Promise<void> {
  const id = `2026-11-0${day}T02:00:00Z`;
  await store.openRun({ id, startedAt: id, partial: false });
  await store.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 });
}

describe("the signer of heads", () => {
  it("signs what a crash left, and what was written outside already, but no other head for its position", async () => {
    await startKms();
    const outside = new Map<number, string>();
    const claim = (position: number, statement: string): Promise<string> => {
      if (!outside.has(position)) outside.set(position, statement);
      return Promise.resolve(outside.get(position)!);
    };
    const signHeads = openHeadSigner("key", claim);
    const store = openSqliteHistory(":memory:");
    onTestFinished(() => store.close());
    await closeRun(store, 1);
    expect((await signHeads(store)).map(({ signature }) => signature.position)).toEqual([1]);
    await closeRun(store, 2);
    await closeRun(store, 3);
    expect((await signHeads(store)).map(({ signature }) => signature.position)).toEqual([2, 3]);
    expect((await signHeads(store)).map(({ signature }) => signature.position)).toEqual([3]);
    await closeRun(store, 4);
    outside.set(4, "another head");
    await expect(signHeads(store)).rejects.toMatchObject({ code: "history-damaged" });
    expect((await store.headSignatures()).map(({ position }) => position)).toEqual([1, 2, 3]);
  });
});
