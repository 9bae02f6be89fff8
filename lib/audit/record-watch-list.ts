import { NO_FACTS } from "../history/no-facts.ts";
import { newChange } from "../history/new-change.ts";
import { findText } from "../history/past/find-evidence.ts";
import { LOOSENINGS_KEPT } from "../history/findings/policy-findings.ts";
import type { RunRef } from "../history/run-record.ts";
import { WATCH_LIST_NAME, type Change } from "../history/state.ts";
import type { EvidenceStore, StateStore } from "../history/store.ts";
import { digestOf, type Digest } from "../oci/digest.ts";
import { findLoosenings, type Loosening } from "../watchlist/record/loosenings.ts";
import { hearsLess, listFormerChannels } from "../watchlist/record/former-channels.ts";
import { formatWatchListDocument, parseWatchListDocument, type RecordedChannel } from "../watchlist/record/watch-list-document.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import type { RecalledRun } from "./audit-ports.ts";
import { NEW_REPOSITORY } from "../history/new-repository.ts";
import { updateRepository } from "../history/update-repository.ts";

const PHRASE_LIMIT_CHARACTERS = 300;

const LOOSER = "the watch list lets more pass, or shows less, than before";
/** A watch list that cannot be compared may let anything pass. That is reported, because the next night compares with tonight's. */
const UNREADABLE: readonly Loosening[] = [
  { policy: null, phrase: "the watch list before this one cannot be read in the history: whether this one lets more pass cannot be told" },
];

interface RecordedWatchList {
  readonly digest: Digest;
  /** Channels of the previous watch list that this run tells that they were dropped, or that they go elsewhere now. */
  readonly formerChannels: readonly RecordedChannel[];
}

/**
 * Records the watch list under its digest. If it is looser than the previous one, that becomes pending changes: one for each policy, and
 * one for the rest (architecture section 5, "Epoch"). Nothing is written while the watch list stays the same.
 */
export async function recordWatchList(watchList: WatchList, run: RunRef, store: StateStore & EvidenceStore): Promise<RecordedWatchList> {
  const { text, digest } = formatWatchList(watchList);
  const evidence = new Map([[digest, new TextEncoder().encode(text)]]);
  const recorded = await updateRepository(store, WATCH_LIST_NAME, run, async ({ repository: previous }) => {
    if (previous?.watchList === digest) return null;
    const kept = previous?.watchList === undefined ? null : await findText(store, previous.watchList);
    const before = kept === null ? null : parseWatchListDocument(kept);
    const after = parseWatchListDocument(text)!;
    const formerChannels = before === null ? [] : listFormerChannels(before.channels, after.channels);
    // Whoever raises the severity of a channel in the same edit must not keep the rest from it.
    const raised = (before?.channels ?? []).filter((channel) => after.channels.some((now) => hearsLess(channel, now)));
    const names = [...formerChannels, ...raised].map(({ name }) => name);
    const loosenings = before === null ? (previous?.watchList === undefined ? [] : UNREADABLE) : findLoosenings(before, after);
    const pending = [...Map.groupBy(loosenings, ({ policy }) => policy)].map(([policy, found]) => {
      const explanation = before === null ? "the watch list before cannot be read any more" : LOOSER;
      return buildChange(policy, found, explanation, names, run);
    });
    const repository = { ...(previous ?? NEW_REPOSITORY), run: run.id, watchList: digest, pending };
    return { repository, tags: [], evidence, formerChannels };
  });
  return { digest, formerChannels: recorded?.formerChannels ?? [] };
}

/** Returns the watch list as it is recorded, and the digest under which it is kept. */
export function formatWatchList(watchList: WatchList): { readonly text: string; readonly digest: Digest } {
  const text = formatWatchListDocument(watchList);
  return { text, digest: digestOf(text) };
}

function buildChange(
  policy: string | null,
  loosenings: readonly Loosening[],
  explanation: string,
  formerChannels: readonly string[],
  run: Pick<RecalledRun, "id">,
): Change {
  const loosened = loosenings.slice(0, LOOSENINGS_KEPT).map(({ phrase }) => phrase.slice(0, PHRASE_LIMIT_CHARACTERS));
  return newChange({
    repository: WATCH_LIST_NAME,
    kind: "loosened",
    cause: "policy-changed",
    run: run.id,
    about: policy ?? undefined,
    facts: {
      explanation,
      ...NO_FACTS,
      policy: {
        name: policy,
        flips: 0,
        byVerdict: {},
        examples: [],
        repositories: [],
        owners: [],
        loosened,
        loosenedCount: loosenings.length,
        formerChannels,
      },
    },
  });
}
