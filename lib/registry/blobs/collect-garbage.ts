import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | null = null;

/**
 * Lets go of memory now. V8 collects by what lies on its heap, and the bytes of a large blob lie outside, so that several of them may wait
 * while the next one is fetched. A collection takes some tens of milliseconds, far less than fetching such a blob.
 */
export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
