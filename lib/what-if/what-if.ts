import { runIdOf } from "../audit/open-run.ts";
import { causeOfVerdict } from "../history/compare/cause-of-verdict.ts";
import { NEVER_EXEMPT } from "../history/cause.ts";
import type { RepositoryHistory, RunId, TagState } from "../history/state.ts";
import type { VerdictWord } from "../history/verdict.ts";
import type { Digest } from "../oci/digest.ts";
import { expandPatterns } from "../watchlist/select/expand-patterns.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { compareTags } from "../watchlist/select/version-tag.ts";
import type { Exemption, WatchedRepository, WatchList } from "../watchlist/watch-list.ts";
import type { ExemptionDocument } from "../audit/audit-document.ts";
import { covers, ruleFor } from "../audit/compare/exemptions.ts";
import { judgeRecorded, type Judge, type RecordedVerdict } from "./judge-recorded.ts";
import { findLastWatched, type LastWatched } from "./last-watched.ts";
import { mapConcurrently } from "../audit/map-concurrently.ts";
import { planWork, recordedDigests, type WorkItem } from "../audit/release-night.ts";
import { findUnseen, type Unseen } from "./unseen.ts";

/** A release is red if it is unsigned or untrusted and not exempt, green if it is signed or exempt, and else unclear. */
type Colour = "red" | "green" | "unclear";

interface WhatIfRelease {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest | null;
  /** As it was recorded last. `exempt` is what counted then. */
  readonly before: { readonly verdict: VerdictWord; readonly reason: string | null; readonly exempt: boolean; readonly colour: Colour };
  readonly after: RecordedVerdict & { readonly exemption: ExemptionDocument | null; readonly colour: Colour };
}

/** What `sealwatch audit --what-if FILE --json` prints. */
export interface WhatIfDocument {
  /** The last closed run by its time, on which everything rests; null if there is none. */
  readonly run: RunId | null;
  readonly summary: Readonly<
    Record<"releases" | "turnRed" | "turnGreen" | "turnUnclear" | "red" | "green" | "unclear" | "unwatched", number>
  >;
  /** By repository, then tag. */
  readonly releases: readonly WhatIfRelease[];
  /** What the other watch list would look at and no audit has. */
  readonly unseen: readonly Unseen[];
  /** What is watched now and would not be any more. */
  readonly unwatched: readonly { readonly repository: string; readonly tag: string }[];
}

/** Returns the verdicts that another watch list would give, by what is recorded. It asks no registry and writes nothing. */
export async function askWhatIf(present: WatchList, other: WatchList, judge: Judge): Promise<WhatIfDocument> {
  const last = await findLastWatched(judge.store);
  const [presentItems, otherItems] = [present, other].map((list) => planWork(expandPatterns(list, last.repositories).repositories)) as [
    WorkItem[],
    WorkItem[],
  ];
  const names = new Set([...presentItems, ...otherItems].map(({ name }) => name));
  const releases: WhatIfRelease[] = [];
  const unwatched: { repository: string; tag: string }[] = [];
  const unseen: Unseen[] = [];
  for (const name of names) {
    const history = await judge.store.loadRepository(name);
    const [before, after] = [presentItems, otherItems].map((items) => items.find((item) => item.name === name));
    const judged = after === undefined ? [] : await judgeItem(after, other.exemptions, history, { ...judge, last });
    releases.push(...judged);
    const watched = new Set(judged.map(({ tag }) => tag));
    const dropped = before === undefined ? [] : selectKnown(before, history).filter(({ tag }) => !watched.has(tag));
    unwatched.push(...dropped.map(({ tag }) => ({ repository: name, tag })));
    if (after) unseen.push(...findUnseen(before ?? null, after, history));
  }
  return {
    run: last.run?.id ?? null,
    summary: summarise(releases, unwatched.length),
    releases: releases.toSorted(byName),
    unseen,
    unwatched,
  };
}

interface KnownRelease {
  readonly tag: string;
  readonly kind: "version" | "moving";
  readonly state: TagState;
  readonly watched: WatchedRepository;
}

/** Returns the recorded tags that an item selects, without those that are gone. */
function selectKnown({ entries }: WorkItem, { tags }: RepositoryHistory): KnownRelease[] {
  const known = [...tags.values()].filter(({ removedSince }) => removedSince === null).map(({ tag }) => tag);
  return entries.flatMap((watched) =>
    selectReleases(known, watched).releases.map(({ tag, kind }) => ({ tag, kind, state: tags.get(tag)!, watched })),
  );
}

function judgeItem(
  item: WorkItem,
  exemptions: readonly Exemption[],
  history: RepositoryHistory,
  { last: lastWatched, ...judge }: Judge & { readonly last: LastWatched },
): Promise<WhatIfRelease[]> {
  const looked = lastWatched.select(item.name, [...history.tags.keys()]);
  return mapConcurrently(selectKnown(item, history), async ({ tag, kind, state, watched }): Promise<WhatIfRelease> => {
    const isWatched = looked?.has(tag) === true;
    const verdict = isWatched
      ? await judgeRecorded({ tag, kind }, state, watched, history, judge)
      : { verdict: "unknown" as const, reason: "not-watched", explanation: looked === null ? UNREADABLE : UNWATCHED };
    const exemption = exemptionOf(tag, verdict, state, watched, { exemptions, history, now: judge.now });
    const { shown, last } = state;
    const exempt = last !== null && last.verdict === shown.verdict && last.exempt;
    return {
      repository: item.name,
      tag,
      digest: state.timeline.at(-1)?.digest ?? null,
      before: { verdict: shown.verdict, reason: shown.reason, exempt, colour: colourOf(shown.verdict, exempt) },
      after: { ...verdict, exemption, colour: colourOf(verdict.verdict, exemption !== null) },
    };
  });
}

const UNREADABLE = "Whether the last audit watched it cannot be told: its watch list cannot be read in the history";
const UNWATCHED = "The last audit did not watch it: what is recorded of it may be over";

interface ExemptionContext {
  readonly exemptions: readonly Exemption[];
  readonly history: RepositoryHistory;
  readonly now: number;
}

/** Returns the exemption as an audit would: it covers only digests that were there when it began, and never some causes. */
function exemptionOf(
  tag: string,
  { verdict, reason }: RecordedVerdict,
  { timeline, last }: TagState,
  watched: WatchedRepository,
  { exemptions, history, now }: ExemptionContext,
): ExemptionDocument | null {
  const digest = timeline.at(-1)?.digest;
  const rule = ruleFor(tag, watched, exemptions, now);
  if (verdict === "signed" || rule === null || digest === undefined) return null;
  const firstSeen = recordedDigests(history).firstSeen.get(digest) ?? null;
  if (!covers(rule, { firstSeen, last, digest, isWorse: false }, history.repository, runIdOf(now))) return null;
  const cause = causeOfVerdict({ verdict, reason });
  const own = last !== null && last.digest === digest ? last.cause : null;
  return [cause, own].some((one) => one !== null && NEVER_EXEMPT.has(one)) ? null : rule.document;
}

function colourOf(verdict: VerdictWord, exempt: boolean): Colour {
  if (verdict === "signed") return "green";
  // An unknown release may have a cause that no exemption covers.
  if (verdict === "unknown") return "unclear";
  if (exempt) return "green";
  return verdict === "unsigned" || verdict === "untrusted" ? "red" : "unclear";
}

function summarise(releases: readonly WhatIfRelease[], unwatched: number): WhatIfDocument["summary"] {
  const count = (colour: Colour): number => releases.filter(({ after }) => after.colour === colour).length;
  const turn = (colour: Colour): number =>
    releases.filter(({ before, after }) => after.colour === colour && before.colour !== colour).length;
  return {
    releases: releases.length,
    turnRed: turn("red"),
    turnGreen: turn("green"),
    turnUnclear: turn("unclear"),
    red: count("red"),
    green: count("green"),
    unclear: count("unclear"),
    unwatched,
  };
}

function byName(left: WhatIfRelease, right: WhatIfRelease): number {
  if (left.repository !== right.repository) return left.repository < right.repository ? -1 : 1;
  return compareTags(left.tag, right.tag);
}
