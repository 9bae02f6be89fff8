import { randomUUID } from "node:crypto";
import type { HistoryStore } from "../../lib/history/store.ts";
import { workSideBySide } from "../../lib/history/work-side-by-side.ts";
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

/** Copies what is noted into the bucket, until `isOver`; what is left is noted still. Answers how many were copied. */
export async function copyEvidence({ store, texts }: Records, bucket: Bucket, isOver: () => boolean): Promise<number> {
  let copied = 0;
  for (const name of await texts.names(NAME)) {
    if (isOver()) break;
    const noted = await texts.load(NAME, name);
    let isMissing = false;
    await workSideBySide(noted === null ? [] : (JSON.parse(noted) as Digest[]), SIDE_BY_SIDE, async (digest) => {
      const bytes = await store.loadEvidence(digest);
      // Somebody is about to keep it, or died over it.
      if (bytes === null) return void (isMissing = true);
      await bucket.saveEvidence(digest, bytes);
      copied++;
    });
    if (!isMissing) await texts.remove(NAME, name);
  }
  return copied;
}
