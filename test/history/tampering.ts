import type { Observation, RunId } from "../../lib/history/state.ts";
import type { Coverage } from "../../lib/history/run-record.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { TemporaryHistory } from "./store-pair.ts";

/** What somebody with access to the storage does behind the back of the store. */
export interface Tampering {
  editCoverage(run: RunId, edit: (coverage: Coverage[]) => readonly Coverage[]): Promise<void>;
  removeRun(run: RunId): Promise<void>;
  removeLink(run: RunId): Promise<void>;
  removeHead(): Promise<void>;
  /** Replaces it, or adds it where there is none. */
  writeObservation(repository: string, observation: Observation): Promise<void>;
  removeObservation(repository: string, observation: Observation): Promise<void>;
  removeChange(repository: string, run: RunId, id: string): Promise<void>;
  removeEvidence(digest: Digest): Promise<void>;
  editDocument(run: RunId): Promise<void>;
  removeDocument(run: RunId): Promise<void>;
  /** As if an earlier version had closed these runs, and appended all that is there. */
  forgetChain(): Promise<void>;
}

export interface TamperedHistory extends TemporaryHistory {
  readonly tampering: Tampering;
}
