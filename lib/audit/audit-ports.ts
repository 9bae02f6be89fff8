import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { RunId } from "../history/state.ts";
import type { Coverage } from "../history/run-record.ts";
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
  /** Aborted when the audit is to end early: what is judged by then is recorded, the run stays open. */
  readonly signal: AbortSignal;
  /** What one repository may cost; {@link AUDIT_LIMITS} where nothing is said. */
  readonly limits?: AuditLimits;
}

/** For people who wait. `total` is null until it is known. */
export interface ProgressEvent {
  readonly repository: string;
  readonly phase: "listing" | "judging" | "recorded";
  readonly done: number;
  readonly total: number | null;
}

/** The run that an audit works for, and what earlier runs saw. `now` is data: it entered at the door. */
export interface RecalledRun {
  readonly id: RunId;
  /** Epoch milliseconds: what ages are counted from. */
  readonly now: number;
  /** `now` as ISO time. */
  readonly checkedAt: string;
  /** The newest earlier run that listed the repository, or null. */
  lastListed(repository: string): RunId | null;
  /** The newest earlier run that listed the repository and left no release waiting, with its coverage, or null. */
  lastWhole(repository: string): { readonly run: RunId; readonly coverage: Coverage } | null;
  /** The newest coverage that an earlier run recorded of the repository, or null. */
  lastCoverage(repository: string): Coverage | null;
}

/** A run that is ready to be worked for. */
export interface Run extends RecalledRun {
  /** Opens another repository where signatures are stored, once a run. */
  signatureRepository(repository: Repository): Promise<SearchedRepository>;
}
