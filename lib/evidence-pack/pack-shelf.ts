import { digestOf, type Digest } from "../oci/digest.ts";
import type { PackedFile } from "./format-zip.ts";

/** Where evidence lies in a pack. */
export function evidencePath(digest: Digest): string {
  return `evidence/${digest.replace(":", "/")}`;
}

/**
 * Which files a pack holds already: evidence once by its digest, keys and roots once by name. What is new waits until it is taken, so that
 * no more than one release's is in memory.
 */
export class PackShelf {
  readonly #named = new Map<string, Digest>();
  #waiting: PackedFile[] = [];

  /** Lays evidence down, once. */
  addEvidence(digest: Digest, bytes: Uint8Array): string {
    return this.#add(evidencePath(digest), bytes, digest);
  }

  /** Lays a text down under a name for people; another text of the same name gets a number behind it. */
  addNamed(folder: "keys" | "roots", name: string, extension: string, text: string): string {
    const bytes = new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`);
    const digest = digestOf(bytes);
    // Names are the watch list's: whatever they hold, a file has plain ones.
    const stem = `${folder}/${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}`;
    for (let copy = 1; ; copy++) {
      const path = `${stem}${copy === 1 ? "" : `-${copy}`}.${extension}`;
      const there = this.#named.get(path.toLowerCase());
      if (there === undefined || there === digest) return this.#add(path, bytes, digest);
    }
  }

  /** What was added since this was asked last, in that order. */
  take(): readonly PackedFile[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  #add(name: string, bytes: Uint8Array, digest: Digest): string {
    // Where it is unpacked, names may differ by more than the case of their letters only.
    if (!this.#named.has(name.toLowerCase())) {
      this.#named.set(name.toLowerCase(), digest);
      this.#waiting.push({ name, bytes });
    }
    return name;
  }
}
