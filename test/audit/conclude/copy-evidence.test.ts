import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyEvidence, noteEvidence } from "../../../lib/audit/conclude/copy-evidence.ts";
import type { RunTexts } from "../../../lib/history/dynamodb/run-texts.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { digestOf, type Digest } from "../../../lib/oci/digest.ts";
import { failNotWritten } from "../../history/faulty-store.ts";
import { openKeptTexts } from "../kept-texts.ts";
import { openMemory } from "../night.ts";

let store: HistoryStore;
let texts: RunTexts;
let noting: HistoryStore;
let copies: Map<Digest, string>;

const save = (digest: Digest, bytes: Uint8Array): Promise<void> => Promise.resolve(void copies.set(digest, Buffer.from(bytes).toString()));
const copyAll = (isOver: () => boolean = () => false): Promise<number> => copyEvidence({ store, texts }, save, isOver);
const keep = (...contents: string[]): Promise<void> =>
  noting.saveEvidence(new Map(contents.map((text) => [digestOf(text), Buffer.from(text)])));

beforeEach(() => {
  let notes = 0;
  store = openMemory();
  texts = openKeptTexts();
  noting = noteEvidence({ store, texts }, () => `note-${notes++}`);
  copies = new Map();
});
afterEach(() => store.close());

describe("copies of evidence", () => {
  it("are made once of what is new", async () => {
    await keep("payload", "bundle");
    expect(await copyAll()).toBe(2);
    expect([...copies.values()].toSorted()).toEqual(["bundle", "payload"]);
    copies.clear();
    expect(await copyAll()).toBe(0);
    await keep("policy");
    expect(await copyAll()).toBe(1);
  });

  it("that the time did not suffice for are made by the next run", async () => {
    await keep("payload", "bundle", "policy");
    let asked = 0;
    expect(await copyAll(() => ++asked > 1)).toBe(1);
    expect(await copyAll()).toBe(2);
    expect(copies.size).toBe(3);
  });

  it("wait for evidence that was noted and whose keeping broke off", async () => {
    noting = noteEvidence({ store: failNotWritten(store, "saveEvidence"), texts }, () => "note");
    await expect(keep("payload")).rejects.toThrow("the connection was lost");
    expect(await copyAll()).toBe(0);
    await store.saveEvidence(new Map([[digestOf("payload"), Buffer.from("payload")]]));
    expect(await copyAll()).toBe(1);
  });

  it("that cannot be saved stay noted", async () => {
    await keep("payload");
    await expect(
      copyEvidence(
        { store, texts },
        () => Promise.reject(new Error("no bucket")),
        () => false,
      ),
    ).rejects.toThrow("no bucket");
    expect(await copyAll()).toBe(1);
  });
});
