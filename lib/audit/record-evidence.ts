import type { Digest } from "../oci/digest.ts";
import type { HistoryStore } from "../history/store.ts";
import type { ComparedRelease } from "./compare-releases.ts";

/** Keeps, once by digest, what the written verdicts rest on: the epoch's document with its roots and the payloads and bundles that were judged. */
export async function recordEvidence(releases: readonly ComparedRelease[], store: HistoryStore): Promise<void> {
  const evidence = new Map<Digest, Uint8Array>();
  for (const { facts, differs } of releases) {
    if (!differs) continue;
    evidence.set(facts.epoch.id, new TextEncoder().encode(facts.epoch.document));
    for (const [digest, text] of facts.epoch.roots) evidence.set(digest, new TextEncoder().encode(text));
    for (const answer of facts.judged?.answers ?? []) {
      if (answer.kind !== "found") continue;
      for (const { layer, content } of answer.candidates)
        if (content.kind === "bytes" && content.bytes.length > 0) evidence.set(layer, content.bytes);
    }
  }
  if (evidence.size > 0) await store.saveEvidence(evidence);
}
