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
  /** The `unansweredSince` of each release, if the list answers and none of several releases could be judged tonight. Empty otherwise. */
  readonly unanswered: readonly RunId[];
}

export interface CoverageComparison {
  /** The next value of {@link RepositoryState.coverageLost}. */
  readonly coverageLost: boolean;
  /** The next value of {@link RepositoryState.lost}. */
  readonly lost: readonly CoverageLoss[] | undefined;
  /** The next value of {@link RepositoryState.unansweredSince}. */
  readonly unansweredSince: RunId | null;
  readonly changes: readonly CoverageChange[];
}

export interface CoverageChange {
  /** `withdrawn`: releases that went are no longer missed, which is no recovery. */
  readonly kind: "opened" | "recovered" | "withdrawn";
  /** Null for the end of a finding of an older history, which told every loss in one. */
  readonly loss: CoverageLoss | null;
  /** One sentence without a trailing stop. */
  readonly explanation: string;
  /** The last run that saw what is lost, if the loss lasts since then. */
  readonly since: RunId | null;
}

/**
 * Decides whether enough of a repository was seen (architecture section 5, coverage-lost). Each loss has a finding of its own, so that none
 * stands in the way of another. Refused credentials, an incomplete list, or known releases that are gone from it open it the same night;
 * silence opens it after `unknownFor`, unless one of the first two says already that the repository is not seen. What is not seen ends only
 * when the repository answers again, never because a night was less bad.
 */
export function compareCoverage(night: CoverageNight): CoverageComparison {
  const wasLost = night.previous?.coverageLost ?? false;
  const isOld = wasLost && night.previous?.lost === undefined;
  const before = night.previous?.lost ?? [];
  const unansweredSince = night.listing === "complete" ? null : (night.previous?.unansweredSince ?? night.lastListed ?? night.run);
  const gone = night.listing === "complete" ? countGone(night, isOld || before.includes("gone")) : null;
  const losses = night.refused === "told-elsewhere" ? [] : listLosses(night, unansweredSince, gone);
  const answers = night.listing === "complete" && night.refused === null;
  if (isOld) {
    const isOver = answers && losses.length === 0;
    const kind = isForgotten(night) ? "withdrawn" : "recovered";
    const changes = isOver ? [{ kind, loss: null, explanation: ENDS[kind], since: null } as const] : [];
    return { coverageLost: !isOver, lost: undefined, unansweredSince, changes };
  }
  const unseen = [...before, ...losses].some((loss) => loss === "refused" || loss === "incomplete");
  const fresh = losses.filter((loss) => !before.includes(loss) && !(loss === "unanswered" && unseen));
  const over = before.filter((loss) => (loss === "gone" ? night.listing === "complete" : answers) && !losses.includes(loss));
  const lost = [...before.filter((loss) => !over.includes(loss)), ...fresh];
  return {
    coverageLost: lost.length > 0,
    lost: lost.length === 0 ? undefined : lost,
    unansweredSince,
    changes: [
      ...over.map((loss): CoverageChange => {
        const kind = loss === "gone" && isForgotten(night) ? "withdrawn" : "recovered";
        return { kind, loss, explanation: loss === "gone" && kind === "recovered" ? RETURNED : ENDS[kind], since: null };
      }),
      ...fresh.map((loss): CoverageChange => {
        const since = loss === "unanswered" ? silentSince(night, unansweredSince) : loss === "gone" ? night.lastListed : null;
        return { kind: "opened", loss, explanation: explain(loss, gone, night, since), since };
      }),
    ],
  };
}

const ENDS = {
  recovered: "the repository answers again",
  withdrawn: `the releases that went are gone for ${MISSED_DAYS} days`,
} as const;
const RETURNED = "the releases that went are there again";

function listLosses(night: CoverageNight, unansweredSince: RunId | null, gone: Gone | null): CoverageLoss[] {
  const since = silentSince(night, unansweredSince);
  const losses: (CoverageLoss | false)[] = [
    night.refused === "told-here" && "refused",
    night.listing === "incomplete" && "incomplete",
    since !== null && isLongerAgo(since, night.run, night.unknownForSeconds) && "unanswered",
    gone !== null && isTooMany(gone) && "gone",
  ];
  return losses.filter((loss) => loss !== false);
}

/** Returns since when nothing of the repository was read: its list, or any release that the list names. Null if something was. */
function silentSince({ unanswered }: CoverageNight, unansweredSince: RunId | null): RunId | null {
  if (unansweredSince !== null) return unansweredSince;
  return unanswered.length === 0 ? null : unanswered.reduce((first, since) => (since < first ? since : first));
}

/** An age below zero (a clock that was set back) is longer than any period. */
export function isLongerAgo(since: RunId, run: RunId, seconds: number): boolean {
  const age = (Date.parse(run) - Date.parse(since)) / 1000;
  return age > seconds || age < 0;
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

function explain(loss: CoverageLoss, gone: Gone | null, night: CoverageNight, since: RunId | null): string {
  switch (loss) {
    case "refused":
      return "the registry refuses the credentials";
    case "incomplete":
      return "the tag list ended with a failure after some pages";
    case "unanswered":
      return night.listing === "complete"
        ? `its tag list answers, but none of the releases in it could be judged since ${since}`
        : `its tag list could not be read since ${since}`;
    case "gone":
      return `${gone?.missing} of ${gone?.known} known releases are gone from the tag list`;
  }
}
