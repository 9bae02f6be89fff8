import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

export type StoreMethod = keyof HistoryStore;

/** A store whose `nth` call (from 1) of one method fails, with nothing of it written; all other calls reach `store`. */
export function failNotWritten(store: HistoryStore, method: StoreMethod, nth = 1): HistoryStore {
  return failing(store, method, nth, "not-written");
}

/** A store whose `nth` call (from 1) of one method fails for the caller although it was written: the answer was lost. */
export function failButWritten(store: HistoryStore, method: StoreMethod, nth = 1): HistoryStore {
  return failing(store, method, nth, "written");
}

function failing(store: HistoryStore, method: StoreMethod, nth: number, outcome: "written" | "not-written"): HistoryStore {
  let calls = 0;
  return new Proxy(store, {
    get(target, name, receiver): unknown {
      const original: unknown = Reflect.get(target, name, receiver);
      if (name !== method || typeof original !== "function") return original;
      return async (...parameters: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls !== nth) return await (Reflect.apply(original, target, parameters) as Promise<unknown>);
        if (outcome === "written") await (Reflect.apply(original, target, parameters) as Promise<unknown>);
        throw new SealwatchError("history", `${method} the history: the connection was lost (${outcome})`, { retryable: true });
      };
    },
  });
}
