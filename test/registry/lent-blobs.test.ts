import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { BLOB_LIMIT_BYTES, SMALL_BYTES } from "../../lib/registry/limits.ts";
import { openClient, type OpenedClient } from "./open-clients.ts";

const LARGE = Buffer.alloc(3 * SMALL_BYTES, "x");
let registry: ControlRegistry;
let opened: OpenedClient;

function blob(bytes: Buffer, size = bytes.length) {
  return { digest: digestOf(bytes), size };
}

function push(bytes: Buffer): Buffer {
  registry.store.putBlob("acme/app", bytes);
  return bytes;
}

function fetches(): number {
  return registry.requests.entries("blob").length;
}

beforeEach(async () => {
  registry = await startRegistry();
  // Room for one byte: whatever comes is alone.
  opened = openClient(registry.host, {}, { candidatesInFlightBytes: 1 });
});
afterEach(async () => {
  await opened.clients.close();
  await registry.close();
});

describe("a blob that is lent", () => {
  it("is fetched once for all who ask while it is on its way", async () => {
    push(LARGE);
    const use = (bytes: Uint8Array): number => bytes.length;
    const loans = Array.from({ length: 100 }, () => opened.client.lendBlob(blob(LARGE), { limitBytes: BLOB_LIMIT_BYTES, use }));
    expect(new Set((await Promise.all(loans)).map((answer) => answer.kind === "found" && answer.value))).toEqual(new Set([LARGE.length]));
    expect(fetches()).toBe(1);
  });

  it("is kept if it is small, and not if it is large", async () => {
    for (const bytes of [push(Buffer.from("small")), push(LARGE)]) {
      for (let time = 0; time < 3; time++) {
        await opened.client.lendBlob(blob(bytes), { limitBytes: BLOB_LIMIT_BYTES, use: () => null });
        // Who asks at once still finds it there.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(fetches()).toBe(1 + 3);
  });

  it("waits until there is room, one after the other, and all come to an end", async () => {
    const blobs = Array.from({ length: 20 }, (_, at) => push(Buffer.alloc(at % 2 === 0 ? 100 : 2 * SMALL_BYTES, `${at}`)));
    let [lent, most] = [0, 0];
    const use = async (): Promise<void> => {
      most = Math.max(most, ++lent);
      await new Promise((resolve) => setImmediate(resolve));
      lent--;
    };
    const answers = await Promise.all(blobs.map((bytes) => opened.client.lendBlob(blob(bytes), { limitBytes: BLOB_LIMIT_BYTES, use })));
    expect(answers.every(({ kind }) => kind === "found")).toBe(true);
    expect(most).toBe(1);
  });

  it("is asked for once more with more room if it is larger than described", async () => {
    push(LARGE);
    const answer = await opened.client.lendBlob(blob(LARGE, 10), { limitBytes: BLOB_LIMIT_BYTES, use: (bytes) => bytes.length });
    expect(answer).toEqual({ kind: "found", value: LARGE.length });
    expect(fetches()).toBe(2);
    const small = await opened.client.lendBlob(blob(LARGE, 10), { limitBytes: BLOB_LIMIT_BYTES, isSmall: true, use: () => null });
    expect(small).toMatchObject({ kind: "failed", failure: { code: "limit" } });
    expect(small).not.toHaveProperty("failure.delivered");
  });

  it("fails for all who wait if it cannot be had, or if using it fails for one, for that one", async () => {
    const missing = blob(Buffer.from("missing"));
    const loan = { limitBytes: 100, use: () => null };
    const answers = await Promise.all([opened.client.lendBlob(missing, loan), opened.client.lendBlob(missing, loan)]);
    expect(answers.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
    push(LARGE);
    const broken = opened.client.lendBlob(blob(LARGE), { limitBytes: BLOB_LIMIT_BYTES, use: () => Promise.reject(new Error("broken")) });
    const whole = opened.client.lendBlob(blob(LARGE), { limitBytes: BLOB_LIMIT_BYTES, use: () => 1 });
    await expect(broken).rejects.toThrow("broken");
    expect(await whole).toEqual({ kind: "found", value: 1 });
  });
});

describe("a manifest that is lent", () => {
  it("is read whole although it is larger than most", async () => {
    const annotations = { long: "x".repeat(2 * SMALL_BYTES) };
    const text = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [], annotations });
    const { digest } = registry.store.putManifest("acme/app", text, OCI_MANIFEST);
    const lent = Array.from({ length: 5 }, () =>
      opened.client.lendManifest(digest, {
        listed: true,
        use: (answer) => Promise.resolve(answer.kind === "found" && answer.value.bytes.length),
      }),
    );
    expect(await Promise.all(lent)).toEqual(lent.map(() => text.length));
    expect(await opened.client.fetchManifest(digest, { listed: true })).toMatchObject({ kind: "found", value: { digest } });
  });
});
