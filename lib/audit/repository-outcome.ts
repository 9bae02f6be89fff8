import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { Cause } from "../history/cause.ts";
import type { ChangeFacts, RepositoryHistory, RunId } from "../history/state.ts";
import type { Exemption } from "../watchlist/watch-list.ts";
import type { SummaryDocument } from "./audit-document.ts";
import type { ComparedRelease } from "./compare/compare-releases.ts";
import type { Listing } from "./list/list-releases.ts";
import type { ResolvedEarlier } from "./list/resolve-releases.ts";
import type { WorkItem } from "./release-night.ts";

/** What an audit of one repository found. */
export interface RepositoryOutcome {
  readonly item: WorkItem;
  readonly listing: Listing;
  readonly releases: readonly ComparedRelease[];
  /** The state before tonight. */
  readonly history: RepositoryHistory;
  readonly referrersApi: SearchedRepository["referrersApi"];
  /** The keys of the exemptions and `signedSince` in force. */
  readonly rules: readonly string[];
  /** All exemptions of the watch list. */
  readonly exemptions: readonly Exemption[];
  /** False if the audit was stopped before every release was judged. */
  readonly finished: boolean;
  /** New releases that the budget or the limit of new tags left to the next night. */
  readonly waiting: readonly string[];
  /** What earlier parts of this audit judged, or null if this is the only part. */
  readonly earlier: RepositorySummary | null;
}

/** What a repository's own state needs to know of its releases tonight. It is plain JSON, and parts can be added. */
export interface RepositorySummary {
  readonly counts: SummaryDocument;
  /** The runs since which unknown releases have had no answer, each once. */
  readonly unanswered: readonly RunId[];
  /** Signers whose signatures are in another place than before. */
  readonly moved: readonly OnceToldChange[];
  /** Known releases that are there. */
  readonly present: readonly string[];
  readonly referrersApi: { readonly learned: boolean; readonly listed: number; readonly missing: number };
}

/** A change of a repository itself, with what is particular about it. */
export interface RepositoryChange {
  readonly cause: Cause;
  readonly kind: "opened" | "recovered" | "withdrawn";
  /** One sentence without trailing stop. */
  readonly explanation: string;
  readonly about?: string;
  readonly facts?: Partial<ChangeFacts>;
}

/** A change that is told once for each thing that it is about. */
export type OnceToldChange = RepositoryChange & { readonly about: string };

/** Restricts which releases of a repository are judged. */
export interface AuditExtent {
  /** Judges only these tags, in full and one after the other. */
  readonly again?: ReadonlySet<string>;
  /** Leaves out what an earlier part of the same audit judged and recorded. */
  readonly done?: { readonly tags: ReadonlySet<string>; readonly summary: RepositorySummary; readonly resolved: ResolvedEarlier };
}
