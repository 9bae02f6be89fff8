import { KEPT_BLOBS_BYTES, SMALL_BYTES } from "../limits.ts";

/** Keeps small blobs for the process, at most {@link KEPT_BLOBS_BYTES} of them: those that were unused for the longest go first. */
export class KeptBlobs {
  readonly #blobs = new Map<string, Uint8Array>();
  #bytes = 0;

  get(key: string): Uint8Array | undefined {
    const bytes = this.#blobs.get(key);
    if (bytes === undefined) return undefined;
    this.#blobs.delete(key);
    this.#blobs.set(key, bytes);
    return bytes;
  }

  keep(key: string, bytes: Uint8Array): void {
    if (bytes.length > SMALL_BYTES || this.#blobs.has(key)) return;
    this.#blobs.set(key, bytes);
    this.#bytes += bytes.length + ENTRY_BYTES;
    for (const [oldest, { length }] of this.#blobs) {
      if (this.#bytes <= KEPT_BLOBS_BYTES) return;
      this.#blobs.delete(oldest);
      this.#bytes -= length + ENTRY_BYTES;
    }
  }
}

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 512;
