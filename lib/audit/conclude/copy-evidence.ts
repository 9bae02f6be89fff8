import type { RunTexts } from "../../history/dynamodb/run-texts.ts";
import { findEvidence } from "../../history/past/find-evidence.ts";
import type { HistoryStore } from "../../history/store.ts";
import { workSideBySide } from "../../history/stored/work-side-by-side.ts";
import type { Digest } from "../../oci/digest.ts";

/** A history, and what the calls of its runs leave for each other. */
export interface Records {
  readonly store: HistoryStore;
  readonly texts: RunTexts;
}

/** The notes are kept beside the texts of runs, so the next run copies the evidence that one run did not get to. */
const NAME = "uncopied";
const SIDE_BY_SIDE = 8;

/**
 * Wraps a history so that it notes evidence before it keeps it. A crash in between may leave a note without evidence, but never evidence
 * without a note. Only new evidence reaches it, so a quiet night notes nothing. `newName` returns a name that no other note has.
 */
export function noteEvidence({ store, texts }: Records, newName: () => string): HistoryStore {
  return {
    ...store,
    async saveEvidence(evidence) {
      await texts.save(NAME, newName(), JSON.stringify([...evidence.keys()]));
      await store.saveEvidence(evidence);
    },
  };
}

/**
 * Copies the noted evidence, each item once, until `isOver`. Evidence that is left or was never kept stays noted; damaged evidence is not
 * copied. Returns how many items were copied.
 */
export async function copyEvidence(
  { store, texts }: Records,
  save: (digest: Digest, bytes: Uint8Array) => Promise<void>,
  isOver: () => boolean,
): Promise<number> {
  const notes = new Map<string, readonly Digest[]>();
  for (const name of await texts.names(NAME)) notes.set(name, JSON.parse((await texts.load(NAME, name)) ?? "[]") as Digest[]);
  const done = new Set<Digest>();
  let copied = 0;
  await workSideBySide(new Set([...notes.values()].flat()), SIDE_BY_SIDE, async (digest) => {
    if (isOver()) return;
    const found = await findEvidence(store, digest);
    // Somebody is about to keep it, or died before keeping it.
    if (found.kind === "missing") return;
    if (found.kind === "kept") {
      await save(digest, found.bytes);
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
