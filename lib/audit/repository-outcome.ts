import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { Cause } from "../history/cause.ts";
import type { ChangeFacts, RepositoryHistory, RunId } from "../history/state.ts";
import type { Exemption } from "../watchlist/watch-list.ts";
import type { SummaryDocument } from "./audit-document.ts";
import type { ComparedRelease } from "./compare/compare-releases.ts";
import type { Listing } from "./list/list-releases.ts";
import type { ResolvedEarlier } from "./list/resolve-releases.ts";
import type { WorkItem } from "./release-night.ts";

/** What an audit of one repository found, for the conclusion of the run. */
export interface RepositoryOutcome {
  readonly item: WorkItem;
  readonly listing: Listing;
  readonly releases: readonly ComparedRelease[];
  /** The state before tonight. */
  readonly history: RepositoryHistory;
  readonly referrersApi: SearchedRepository["referrersApi"];
  /** Keys of the exemptions and `signedSince` in force. */
  readonly rules: readonly string[];
  /** Those of the watch list, whatever repository they are for. */
  readonly exemptions: readonly Exemption[];
  /** False where the audit was stopped before every release was judged. */
  readonly finished: boolean;
  /** New releases that are left to the next night, by the budget or by the limit of new tags. */
  readonly waiting: number;
  /** What earlier parts of this audit judged, where it was cut into parts; null where it is whole. */
  readonly earlier: RepositorySummary | null;
}

/**
 * What a repository's own state needs to know of its releases tonight. An audit that is cut into parts (a function has a time limit) has
 * one a part: plain JSON, and two of them add up.
 */
export interface RepositorySummary {
  readonly counts: SummaryDocument;
  /** Since when releases that are unknown have had no answer; each run once. */
  readonly unanswered: readonly RunId[];
  /** Signers whose signatures are in another place than before. */
  readonly moved: readonly OnceToldChange[];
  /** Known releases that are there. */
  readonly present: readonly string[];
  readonly referrersApi: { readonly learned: boolean; readonly listed: number; readonly missing: number };
}

/** A change of a whole repository, with what is particular about it. */
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

/** Which releases of a repository are judged, where it is not all of them. */
export interface AuditPart {
  /** Only these tags, in full and one after the other. */
  readonly again?: ReadonlySet<string>;
  /** Not these: an earlier part of the same audit judged and recorded them. */
  readonly done?: { readonly tags: ReadonlySet<string>; readonly summary: RepositorySummary; readonly resolved: ResolvedEarlier };
}
