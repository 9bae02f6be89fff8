import { digestOf, type Digest } from "../oci/digest.ts";
import type { PackedFile } from "./format-zip.ts";

/** Returns the path of evidence in a pack. */
export function evidencePath(digest: Digest): string {
  return `evidence/${digest.replace(":", "/")}`;
}

/**
 * A PackShelf knows the files of a pack: evidence once by digest, keys and roots once by name. New files wait until they are taken, so that
 * only those of one release are in memory.
 */
export class PackShelf {
  readonly #named = new Map<string, Digest>();
  #waiting: PackedFile[] = [];

  /** Adds evidence, once. */
  addEvidence(digest: Digest, bytes: Uint8Array): string {
    return this.#add(evidencePath(digest), bytes, digest);
  }

  /** Adds a text under a readable name. A different text of the same name gets a number. */
  addNamed(folder: "keys" | "roots", name: string, extension: string, text: string): string {
    const bytes = new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`);
    const digest = digestOf(bytes);
    // Names come from the watch list: file names use plain characters only.
    const stem = `${folder}/${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}`;
    for (let copy = 1; ; copy++) {
      const path = `${stem}${copy === 1 ? "" : `-${copy}`}.${extension}`;
      const there = this.#named.get(path.toLowerCase());
      if (there === undefined || there === digest) return this.#add(path, bytes, digest);
    }
  }

  /** Returns the files added since the last call, in order. */
  take(): readonly PackedFile[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  #add(name: string, bytes: Uint8Array, digest: Digest): string {
    // On the file systems of some readers, names that differ in case only are the same.
    if (!this.#named.has(name.toLowerCase())) {
      this.#named.set(name.toLowerCase(), digest);
      this.#waiting.push({ name, bytes });
    }
    return name;
  }
}
