import type { Descriptor } from "../../oci/manifest.ts";
import { found, type Answer, type Failed } from "../answer.ts";
import { fetchBlob } from "./blobs.ts";
import { failWith } from "../fail.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { KeptBlobs } from "./kept-blobs.ts";
import { SMALL_BYTES } from "../limits.ts";
import type { BlobLoan } from "../repository-client.ts";
import type { Session } from "../session.ts";

type Described = Pick<Descriptor, "digest" | "size">;

/** A fetch and those who wait for it. Each step has more room than the one before. */
interface Loan {
  readonly limitBytes: number;
  readonly steps: readonly number[];
  readonly key: string;
  readonly borrowers: Borrower[];
}

/** One who waits for a blob that is on its way. */
interface Borrower {
  serve(bytes: Uint8Array): Promise<void>;
  refuse(answer: Exclude<Answer<never>, { readonly kind: "found" }>): void;
  fail(error: unknown): void;
}

/**
 * Lends blobs, and lets go of them afterwards. What is lent at a time is bounded for the whole process; who comes when nothing is left
 * waits. Who has borrowed a blob may not borrow another one.
 */
export class LentBlobs {
  readonly #kept = new KeptBlobs();
  readonly #onTheirWay = new Map<string, Borrower[]>();

  /**
   * Fetches exactly the bytes of a digest, at most `limitBytes`, and lends them to `use`. All who ask for a blob while it is on its way
   * share one fetch. The described size only says for what to make room: if there is more, the blob is asked for again.
   */
  lend<T>(session: Session, descriptor: Described, { limitBytes, isSmall = false, use }: BlobLoan<T>): Promise<Answer<T>> {
    const likely = Math.min(limitBytes, isSmall ? SMALL_BYTES : Math.max(descriptor.size, SMALL_BYTES));
    const steps = isSmall || likely === limitBytes ? [likely] : [likely, limitBytes];
    const key = `${session.repository.name}@${descriptor.digest} ${limitBytes} ${steps.length}`;
    return new Promise((resolve, reject) => {
      const serve = async (bytes: Uint8Array): Promise<void> => {
        try {
          resolve(found(await use(bytes)));
        } catch (error) {
          reject(error);
        }
      };
      const kept = this.#kept.get(key);
      const waiting = this.#onTheirWay.get(key);
      if (kept !== undefined) void serve(kept);
      else if (waiting !== undefined) waiting.push({ serve, refuse: resolve, fail: reject });
      else {
        const borrowers: Borrower[] = [{ serve, refuse: resolve, fail: reject }];
        this.#onTheirWay.set(key, borrowers);
        this.#fetch(session, descriptor, { limitBytes, steps, key, borrowers }).catch((error: unknown) => {
          this.#onTheirWay.delete(key);
          for (const borrower of borrowers) borrower.fail(error);
        });
      }
    });
  }

  async #fetch(session: Session, descriptor: Described, { limitBytes, steps, key, borrowers }: Loan): Promise<void> {
    for (const mostBytes of steps) {
      const answer = await session.connections.candidates.hold(roomFor(mostBytes), async () => {
        const fetched = await fetchBlob(session, descriptor, { limitBytes, mostBytes });
        if (fetched === "longer" || fetched.kind !== "found") return fetched;
        this.#kept.keep(key, fetched.value);
        for (let next = borrowers.shift(); next !== undefined; next = borrowers.shift()) await next.serve(fetched.value);
        this.#onTheirWay.delete(key);
        return null;
      });
      if (mostBytes >= COLLECTED_BYTES) collectGarbage();
      if (answer === null) return;
      if (answer === "longer" && mostBytes !== steps.at(-1)) continue;
      this.#onTheirWay.delete(key);
      for (const borrower of borrowers) borrower.refuse(answer === "longer" ? pastSmall(session, descriptor) : answer);
      return;
    }
  }
}

/** Of larger blobs, a few that wait to be collected would take more than all that is in flight. */
const COLLECTED_BYTES = 4 * 1024 * 1024;

/** A large blob is read as text and decoded while it is lent, and all of that is in memory then. */
function roomFor(bytes: number): number {
  return bytes > SMALL_BYTES ? 3 * bytes : bytes;
}

function pastSmall(session: Session, { digest }: Described): Failed {
  return failWith("limit", `GET blobs/${digest} of ${session.repository.name}`, `more than ${SMALL_BYTES} bytes`, 200, 1);
}
