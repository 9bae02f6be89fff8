import type { CoverageLoss } from "../cause.ts";
import type { RepositoryState, RunId, TagState } from "../state.ts";

/** Architecture section 5: if more than this share of the known releases is gone, and at least this many, that is no clean-up. */
const GONE_SHARE = 0.2;
const GONE_LEAST = 10;
/** A release that has been gone for longer than this is no longer missed. */
const MISSED_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

/** What a run saw of the coverage of one repository. */
export interface CoverageNight {
  readonly run: RunId;
  readonly unknownForSeconds: number;
  readonly previous: RepositoryState | null;
  /** The newest earlier run that listed this repository, or null if none did. */
  readonly lastListed: RunId | null;
  /** `incomplete`: some pages were read before a failure. `failed`: no page was read. */
  readonly listing: "complete" | "incomplete" | "failed";
  /** Whether the registry refused the credentials, and whether this repository tells it: one repository tells it for the whole registry. */
  readonly refused: "told-here" | "told-elsewhere" | null;
  /** Every release as it was recorded before tonight, including removed ones. */
  readonly recorded: readonly (Pick<TagState, "tag" | "removedSince"> & { readonly firstSeen: RunId | null })[];
  /** The tags that the list names, and those that answered although it does not name them. */
  readonly present: ReadonlySet<string>;
  /** The `unansweredSince` of each release that is unknown tonight. */
  readonly unanswered: readonly RunId[];
}

export interface CoverageComparison {
  /** The next value of {@link RepositoryState.coverageLost}. */
  readonly coverageLost: boolean;
  /** The next value of {@link RepositoryState.unansweredSince}. */
  readonly unansweredSince: RunId | null;
  /** `withdrawn`: releases that went are no longer missed, which is no recovery. */
  readonly change: "opened" | "recovered" | "withdrawn" | null;
  /** What is lost tonight, whether it is told tonight or was told before. */
  readonly losses: readonly CoverageLoss[];
  /** One sentence without a trailing stop; null if nothing changes. */
  readonly explanation: string | null;
}

/**
 * Decides whether enough of a repository was seen (architecture section 5, coverage-lost). A repository has one such finding. Refused
 * credentials, an incomplete list, or known releases that are gone from it open it the same night; silence opens it after `unknownFor`. It
 * ends only when the repository answers again, never because a night was less bad.
 */
export function compareCoverage(night: CoverageNight): CoverageComparison {
  const wasLost = night.previous?.coverageLost ?? false;
  const unansweredSince = night.listing === "complete" ? null : (night.previous?.unansweredSince ?? night.lastListed ?? night.run);
  const gone = night.listing === "complete" ? countGone(night, wasLost) : null;
  const losses = night.refused === "told-elsewhere" ? [] : listLosses(night, unansweredSince, gone);
  const answers = night.listing === "complete" && night.refused === null && losses.length === 0;
  const change = losses.length > 0 && !wasLost ? "opened" : answers && wasLost ? (isForgotten(night) ? "withdrawn" : "recovered") : null;
  return {
    coverageLost: losses.length > 0 || (wasLost && !answers),
    unansweredSince,
    change,
    losses,
    explanation: change === null ? null : change === "opened" ? explain(losses, gone, night) : ENDS[change],
  };
}

const ENDS = {
  recovered: "the repository answers again",
  withdrawn: `the releases that went are gone for ${MISSED_DAYS} days`,
} as const;

function listLosses(night: CoverageNight, unansweredSince: RunId | null, gone: Gone | null): CoverageLoss[] {
  const silent = [...night.unanswered, ...(unansweredSince === null ? [] : [unansweredSince])];
  const losses: (CoverageLoss | false)[] = [
    night.refused === "told-here" && "refused",
    night.listing === "incomplete" && "incomplete",
    silent.some((since) => isLongerAgo(since, night)) && "unanswered",
    gone !== null && isTooMany(gone) && "gone",
  ];
  return losses.filter((loss) => loss !== false);
}

/** An age below zero (a clock that was set back) is longer than any period. */
function isLongerAgo(since: RunId, night: CoverageNight): boolean {
  const seconds = (Date.parse(night.run) - Date.parse(since)) / 1000;
  return seconds > night.unknownForSeconds || seconds < 0;
}

/** Whether a deletion that the last listing still missed has become too old to be missed tonight. */
function isForgotten(night: CoverageNight): boolean {
  const [tonight, then] = [night.run, night.lastListed ?? night.run].map((run) => Date.parse(run) - MISSED_DAYS * DAY_MILLISECONDS);
  const batches = new Set(night.recorded.flatMap(({ removedSince }) => removedSince ?? []));
  return [...batches].some((since) => Date.parse(since) >= then! && Date.parse(since) < tonight! && isTooMany(countBatch(since, night)));
}

interface Gone {
  readonly known: number;
  readonly missing: number;
}

/**
 * Reports whether a list that answers names none of the releases that are known (interface, `complete`), tonight or since a night that is
 * still told as a loss. An empty repository and one without a release have lost none.
 */
export function isEmptied(night: ListedNight): boolean {
  const isKept = night.recorded.some(({ tag, removedSince }) => removedSince === null && night.present.has(tag));
  if (night.listing !== "complete" || isKept) return false;
  return goneByBatch(night, night.previous?.coverageLost ?? false).some(({ missing, known }) => missing > 0 && missing === known);
}

/** The part of a night that shows which releases are gone. */
export type ListedNight = Pick<CoverageNight, "run" | "listing" | "recorded" | "present"> & {
  readonly previous: Pick<RepositoryState, "coverageLost"> | null;
};

function countGone(night: CoverageNight, wasLost: boolean): Gone {
  const counted = goneByBatch(night, wasLost);
  return counted.find(isTooMany) ?? counted[0]!;
}

/**
 * Counts the releases that went tonight. While a loss stays told, it counts those of each earlier night, too: otherwise the night after the
 * loss would report a recovery. Each night's removals are compared with what was known then.
 */
function goneByBatch(night: ListedNight, wasLost: boolean): Gone[] {
  const oldest = Date.parse(night.run) - MISSED_DAYS * DAY_MILLISECONDS;
  const earlier = wasLost ? new Set(night.recorded.map(({ removedSince }) => removedSince)) : [];
  const batches = [null, ...earlier].filter((since) => since === null || Date.parse(since) >= oldest);
  return batches.map((since) => countBatch(since, night));
}

function countBatch(since: RunId | null, { recorded, present }: ListedNight): Gone {
  // What appeared only later was not known then.
  const wasThere = (firstSeen: RunId | null): boolean => since === null || firstSeen === null || firstSeen < since;
  const known = recorded.filter(
    ({ removedSince, firstSeen }) => wasThere(firstSeen) && (removedSince === null || (since !== null && removedSince >= since)),
  );
  const missing = known.filter(({ tag, removedSince }) => removedSince === since && !present.has(tag));
  return { known: known.length, missing: missing.length };
}

function isTooMany({ known, missing }: Gone): boolean {
  return missing > 0 && (missing === known || (missing >= GONE_LEAST && missing > known * GONE_SHARE));
}

function explain(losses: readonly CoverageLoss[], gone: Gone | null, night: CoverageNight): string {
  const sentences: Readonly<Record<CoverageLoss, string>> = {
    refused: "the registry refuses the credentials",
    incomplete: "the tag list ended with a failure after some pages",
    unanswered: `no answer for longer than ${night.unknownForSeconds / 3600} hours`,
    gone: `${gone?.missing} of ${gone?.known} known releases are gone from the tag list`,
  };
  return losses.map((loss) => sentences[loss]).join("; ");
}
