import type { Change } from "../../history/state.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { AuditPorts, Run } from "../audit-ports.ts";
import { auditRepository } from "../audit-repository.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";
import { recordStorms, type ReadVerdicts } from "./record-storms.ts";
import { countKnown, findStorms } from "./storm.ts";

/**
 * The storm breaker (architecture section 5): where many releases turned worse, their changes are held, each release is read again by
 * itself, and a summary is recorded that says what proved real. What was read as signed is never told, what could not be read stays held.
 * A crash in between leaves them held: the next start finds the same storm, or a later run reads them. Changes that an earlier run left
 * untold count as this run's. Answers with the outcomes as they are now, and the ids of the changes that were read again. `again`: this
 * run, with nothing remembered of what its registries said.
 */
export async function breakStorms(
  outcomes: readonly RepositoryOutcome[],
  watchList: WatchList,
  again: Run,
  ports: AuditPorts,
): Promise<{ outcomes: readonly RepositoryOutcome[]; read: ReadonlySet<string> }> {
  const held = await ports.store.heldChanges();
  // What an earlier run held was summed up by it: it is only read.
  const pending = untoldOf(await ports.store.pendingChanges(), outcomes).filter(({ id, run }) => run === again.id || !held.has(id));
  const storms = findStorms(pending, countKnown(outcomes), watchList.storm);
  if (storms.length === 0) return { outcomes, read: new Set() };
  const changes = [...new Set(storms.flatMap((storm) => storm.changes))];
  await ports.store.holdChanges(changes);
  const read = await readAgain(changes, outcomes, again, ports);
  if (!ports.signal.aborted) await recordStorms(storms, verdictsOf(read), again.id, ports.store);
  return { outcomes: read, read: new Set(changes.map(({ id }) => id)) };
}

/** Changes of audited repositories that no later change of their release has overtaken. */
function untoldOf(pending: readonly Change[], outcomes: readonly RepositoryOutcome[]): Change[] {
  const audited = new Set(outcomes.map(({ item }) => item.name));
  const last = new Map(pending.map((change) => [`${change.repository} ${change.tag}`, change]));
  return pending.filter((change) => audited.has(change.repository) && last.get(`${change.repository} ${change.tag}`) === change);
}

/** Audits just the releases of some changes once more, one after the other. */
async function readAgain(
  changes: readonly Change[],
  outcomes: readonly RepositoryOutcome[],
  again: Run,
  ports: AuditPorts,
): Promise<RepositoryOutcome[]> {
  const tags = Map.groupBy(changes, ({ repository }) => repository);
  const read: RepositoryOutcome[] = [];
  for (const outcome of outcomes) {
    const wanted = new Set((tags.get(outcome.item.name) ?? []).flatMap(({ tag }) => tag ?? []));
    if (wanted.size === 0 || ports.signal.aborted) read.push(outcome);
    else read.push(merge(outcome, await auditRepository(outcome.item, outcome.exemptions, again, ports, { again: wanted })));
  }
  return read;
}

function merge(first: RepositoryOutcome, second: RepositoryOutcome): RepositoryOutcome {
  const newer = new Map(second.releases.map((release) => [release.facts.release.tag, release]));
  return { ...first, releases: first.releases.map((release) => newer.get(release.facts.release.tag) ?? release) };
}

function verdictsOf(read: readonly RepositoryOutcome[]): ReadVerdicts {
  const verdicts = new Map(
    read.flatMap(({ item, releases }) => releases.map((release) => [`${item.name} ${release.facts.release.tag}`, release.verdict.verdict])),
  );
  return (repository, tag) => verdicts.get(`${repository} ${tag}`);
}
