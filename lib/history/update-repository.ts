import type { Digest } from "../oci/digest.ts";
import { retryConflict } from "./retry-conflict.ts";
import type { RunRef } from "./run-record.ts";
import type { RepositoryHistory } from "./state.ts";
import type { EvidenceStore, RecordedStates, StateStore } from "./store.ts";

/** What a run writes of a repository. */
interface RepositoryUpdate extends RecordedStates {
  /** What the states rest on: it is kept before they are written, so that nobody reads a state whose evidence is missing. */
  readonly evidence?: ReadonlyMap<Digest, Uint8Array>;
}

const ATTEMPTS = 4;
/** DynamoDB and memory both like bounded batches. */
const BATCH = 200;

/**
 * Writes what `next` makes of the recorded states of a repository: the only way in which a run changes them. If somebody else writes at
 * the same time, the states are read again and `next` decides again; so it must be pure, but may read evidence, which never changes.
 * `first` is the history if the caller has read it already.
 *
 * An older run never replaces what a newer one recorded (architecture section 6): if the repository's own state is a newer run's, nothing
 * is written; tags that are a newer run's are left out.
 *
 * Returns what was written; null if that is nothing, because `next` has nothing to write or the run is older.
 */
export async function updateRepository<Update extends RepositoryUpdate>(
  store: StateStore & EvidenceStore,
  name: string,
  run: RunRef,
  next: (history: RepositoryHistory) => Update | null | Promise<Update | null>,
  first: RepositoryHistory | null = null,
): Promise<Update | null> {
  return retryConflict(ATTEMPTS, async (attempt) => {
    const history = attempt === 1 && first !== null ? first : await store.loadRepository(name);
    const update = await next(history);
    if (update === null || (update.repository !== null && isNewer(history.repository, run))) return null;
    const { repository, evidence } = update;
    const tags = update.tags.filter(({ tag }) => !isNewer(history.tags.get(tag), run));
    if (evidence !== undefined && evidence.size > 0) await store.saveEvidence(evidence);
    for (let at = 0; at < tags.length; at += BATCH) await store.record(name, { repository: null, tags: tags.slice(at, at + BATCH) });
    if (repository !== null) await store.record(name, { repository, tags: [] });
    return update;
  });
}

function isNewer(state: { readonly number?: number } | null | undefined, { number }: RunRef): boolean {
  return (state?.number ?? 0) > number;
}
