import { findEvidence } from "../history/past/find-evidence.ts";
import type { HistoryReader } from "../history/store.ts";
import { escapeText } from "../text/escape.ts";
import type { Digest } from "../oci/digest.ts";

/** Why recorded bytes are not in a pack. */
export type GapKind = "missing" | "changed";

/** PackGaps lists the evidence that the history does not have as it was recorded, so that no pack is silently incomplete. */
export class PackGaps {
  readonly #lines = new Map<Digest, string>();
  #changed = 0;

  /** The number of absent files. */
  get count(): number {
    return this.#lines.size;
  }

  /** The number of those that have other bytes in the history. */
  get changed(): number {
    return this.#changed;
  }

  /** Loads recorded bytes, and notes them if they are missing or changed. `what` names them and their release, for people. */
  async find(store: Pick<HistoryReader, "loadEvidence">, digest: Digest, what: string): Promise<Uint8Array | GapKind> {
    const found = await findEvidence(store, digest);
    if (found.kind === "kept") return found.bytes;
    const kind = found.kind === "damaged" ? "changed" : "missing";
    if (!this.#lines.has(digest) && kind === "changed") this.#changed++;
    if (!this.#lines.has(digest)) this.#lines.set(digest, `${kind}  ${digest}  ${escapeText(what)}\n`);
    return kind;
  }

  /** Formats MISSING.txt, or returns null if nothing is missing. */
  format(): Uint8Array | null {
    return this.count === 0 ? null : new TextEncoder().encode([HEAD, ...this.#lines.values()].join(""));
  }
}

const HEAD = `What this report rests on and this pack does not hold, each by its digest.
missing: the history does not hold it. Versions before this one kept no signature manifests: of a release that did not change since, there is none.
changed: the history holds other bytes under its digest than those that were recorded.

`;
