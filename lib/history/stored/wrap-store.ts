import type { HistoryStore } from "../store.ts";

/** What a method does to the history. */
type Operation = "read" | "write" | "close";

/** A port as an adapter implements it: a method may return its result at once, and throws what its database throws. */
export type Unwrapped<Port> = {
  readonly [Method in keyof Port]: Port[Method] extends (...parameters: infer Parameters) => Promise<infer Result>
    ? (...parameters: Parameters) => Result | Promise<Result>
    : Port[Method] extends (...parameters: infer Parameters) => AsyncIterable<infer Item>
      ? (...parameters: Parameters) => Iterable<Item> | AsyncIterable<Item>
      : never;
};

/** What surrounds each method of an adapter. */
interface MethodFrame {
  /** Runs before the method; null if there is nothing to prepare. */
  readonly prepare: ((operation: Operation) => Promise<void>) | null;
  /** Returns what is thrown in place of the error, or the error itself. */
  readonly translate: (operation: Operation, error: unknown) => unknown;
}

/** Returns the store that callers see: every method is asynchronous, and fails with an error that says what to do about it. */
export function wrapStore(store: Unwrapped<HistoryStore>, { prepare, translate }: MethodFrame): HistoryStore {
  const wrap =
    (operation: Operation) =>
    <Parameters extends unknown[], Result>(method: (...parameters: Parameters) => Result | Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      try {
        if (prepare !== null) await prepare(operation);
        return await method(...parameters);
      } catch (error) {
        throw await translate(operation, error);
      }
    };
  const [read, write] = [wrap("read"), wrap("write")];
  return {
    openRun: write(store.openRun),
    loadRun: read(store.loadRun),
    runs: read(store.runs),
    closeRun: write(store.closeRun),
    loadDocument: read(store.loadDocument),
    abandonRun: write(store.abandonRun),
    chainHead: read(store.chainHead),
    repositories: read(store.repositories),
    saveHeadSignature: write(store.saveHeadSignature),
    headSignatures: read(store.headSignatures),
    loadRepository: read(store.loadRepository),
    record: write(store.record),
    pendingChanges: read(store.pendingChanges),
    holdChanges: write(store.holdChanges),
    heldChanges: read(store.heldChanges),
    conclude: write(store.conclude),
    findings: read(store.findings),
    findingsByPrefix: read(store.findingsByPrefix),
    saveFinding: write(store.saveFinding),
    unsentOutbox: read(store.unsentOutbox),
    claimOutbox: write(store.claimOutbox),
    markSent: write(store.markSent),
    tellings: read(store.tellings),
    changes: read(store.changes),
    async *observations(name, options) {
      try {
        if (prepare !== null) await prepare("read");
        yield* store.observations(name, options);
      } catch (error) {
        throw await translate("read", error);
      }
    },
    saveEvidence: write(store.saveEvidence),
    loadEvidence: read(store.loadEvidence),
    close: wrap("close")(store.close),
  };
}
