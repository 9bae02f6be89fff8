import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { RunId } from "../history/state.ts";
import type { Coverage, RunRef } from "../history/run-record.ts";
import type { HistoryStore } from "../history/store.ts";
import type { Repository } from "../oci/reference.ts";
import type { AuditLimits } from "./audit-limits.ts";
import type { TrustStore } from "../verification/trust/trust-store.ts";
import type { RegistryClients } from "../registry/repository-client.ts";

/** What a door gives an audit. */
export interface AuditPorts {
  readonly clients: RegistryClients;
  readonly store: HistoryStore;
  readonly trust: TrustStore;
  readonly progress: (event: ProgressEvent) => void;
  /** Called once a repository has answered, before anything is judged. It throws if nothing of this run can count. */
  readonly demandClock?: () => Promise<void>;
  /** Aborted to end the audit early. The releases judged by then are recorded, and the run stays open. */
  readonly signal: AbortSignal;
  /** The most that one repository may cost. {@link AUDIT_LIMITS} if absent. */
  readonly limits?: AuditLimits;
}

/** Progress, for people who wait. `total` is null until it is known. */
export interface ProgressEvent {
  readonly repository: string;
  readonly phase: "listing" | "judging" | "recorded";
  readonly done: number;
  readonly total: number | null;
}

/** The run that an audit works for, with what earlier runs saw. */
export interface RecalledRun extends RunRef {
  /** Epoch milliseconds. Ages are counted from it. */
  readonly now: number;
  /** `now` as ISO time. */
  readonly checkedAt: string;
  /** Returns the newest earlier run that listed the repository, or null. */
  lastListed(repository: string): RunId | null;
  /** Returns the newest earlier run that listed the repository and left no release waiting, or null. */
  lastWhole(repository: string): { readonly run: RunId; readonly coverage: Coverage } | null;
  /** Returns the newest coverage that an earlier run recorded of the repository, or null. */
  lastCoverage(repository: string): Coverage | null;
}

/** A run that repositories can be audited for. */
export interface Run extends RecalledRun {
  /** Opens another repository where signatures are stored, once a run. */
  signatureRepository(repository: Repository): Promise<SearchedRepository>;
}
