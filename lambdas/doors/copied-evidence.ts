import { randomUUID } from "node:crypto";
import { findEvidence } from "../../lib/history/past/find-evidence.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { workSideBySide } from "../../lib/history/stored/work-side-by-side.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { Bucket } from "./bucket.ts";
import type { Records } from "./open.ts";

/** Beside what the calls of runs leave for each other: a copy that one run did not come to is the next one's. */
const NAME = "uncopied";
const SIDE_BY_SIDE = 8;

/**
 * The history, which notes what evidence it is given before it keeps it: a crash in between leaves a note of what is not there, and never
 * evidence without a note. Only what is new is given to it, so that a quiet night notes nothing.
 */
export function noteEvidence({ store, texts }: Records): HistoryStore {
  return {
    ...store,
    async saveEvidence(evidence) {
      await texts.save(NAME, randomUUID(), JSON.stringify([...evidence.keys()]));
      await store.saveEvidence(evidence);
    },
  };
}

/**
 * Copies what is noted into the bucket, each once, until `isOver`. What is left, or was never kept, is noted still; damaged evidence is
 * not copied. Answers how many were.
 */
export async function copyEvidence({ store, texts }: Records, bucket: Bucket, isOver: () => boolean): Promise<number> {
  const notes = new Map<string, readonly Digest[]>();
  for (const name of await texts.names(NAME)) notes.set(name, JSON.parse((await texts.load(NAME, name)) ?? "[]") as Digest[]);
  const done = new Set<Digest>();
  let copied = 0;
  await workSideBySide(new Set([...notes.values()].flat()), SIDE_BY_SIDE, async (digest) => {
    if (isOver()) return;
    const found = await findEvidence(store, digest);
    // Somebody is about to keep it, or died over it.
    if (found.kind === "missing") return;
    if (found.kind === "kept") {
      await bucket.saveEvidence(digest, found.bytes);
      copied++;
    }
    done.add(digest);
  });
  for (const [name, digests] of notes) {
    const left = digests.filter((digest) => !done.has(digest));
    if (left.length === 0) await texts.remove(NAME, name);
    else if (left.length < digests.length) await texts.save(NAME, name, JSON.stringify(left));
  }
  return copied;
}
