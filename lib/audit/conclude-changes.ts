import { reopenExpired } from "../history/acknowledge.ts";
import { ageFindings } from "../history/finding-life.ts";
import { concludeChange, concludeUntold } from "../history/findings.ts";
import { concludePolicyChanges } from "../history/policy-findings.ts";
import { dueReminders } from "../history/reminders.ts";
import type { Change, Finding, OutboxEntry, RunId } from "../history/state.ts";
import type { Conclusion, HistoryStore } from "../history/store.ts";
import { isDefinitive } from "../history/verdict.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { Channel } from "../watchlist/watch-list.ts";
import { LiveFindings } from "./live-findings.ts";
import { planConclusions, type Task } from "./plan-conclusions.ts";

const ATTEMPTS = 8;

/**
 * Step 10, first half: turns every pending change, of any run, into findings and outbox entries. Each step is one transaction, so a crash
 * anywhere repeats work and loses nothing. What is held stays pending until its release was read again.
 * Then findings age, and channels are reminded of what is still open.
 */
export async function concludeChanges(store: HistoryStore, channels: readonly Channel[], run: RunId): Promise<void> {
  for (let attempt = 1; !(await concludePending(store, channels)); attempt++) {
    if (attempt >= ATTEMPTS)
      throw new SealwatchError("history-conflict", "conclude: somebody else concludes at the same time", { retryable: true });
  }
  const live = await store.findings({ live: true });
  const aged = ageFindings(live, run, channels);
  const seen = new Set(aged.map(({ finding }) => finding.id));
  const reopened = reopenExpired(
    live.filter(({ id }) => !seen.has(id)),
    run,
  );
  for (const { finding, outbox } of aged) await saveUnlessChanged(store, finding, outbox);
  for (const finding of reopened) await saveUnlessChanged(store, finding, []);
  if (channels.every(({ remindSeconds }) => remindSeconds === null)) return;
  const open = aged.length + reopened.length === 0 ? live : await store.findings({ live: true });
  for (const { finding, outbox } of dueReminders(open, channels, run)) await saveUnlessChanged(store, finding, outbox);
}

/** False where somebody else concluded some of it meanwhile: what is left must be read anew. */
async function concludePending(store: HistoryStore, channels: readonly Channel[]): Promise<boolean> {
  const pending = await store.pendingChanges();
  if (pending.length === 0) return true;
  const held = await store.heldChanges();
  const answered = await findAnswered(
    pending.filter(({ id }) => held.has(id)),
    store,
  );
  let live = new LiveFindings(await store.findings({ live: true }));
  for (const task of planConclusions(pending, held, answered)) {
    for (let attempt = 1; ; attempt++) {
      const conclusion = concludeTask(task, live, channels);
      try {
        if (await store.conclude(conclusion)) live.apply(conclusion.findings);
        else if (conclusion.changes.length > 1) return false;
        break;
      } catch (error) {
        if (!isConflict(error) || attempt >= ATTEMPTS) throw error;
        live = new LiveFindings(await store.findings({ live: true }));
      }
    }
  }
  return true;
}

function concludeTask(task: Task, live: LiveFindings, channels: readonly Channel[]): Conclusion {
  switch (task.kind) {
    case "one":
      return concludeChange(task.change, live.of(task.change), channels);
    case "untold":
      return concludeUntold(task.opening, task.end);
    case "policy":
      return concludePolicyChanges(task.changes, [...live.aboutPolicies(), ...task.changes.flatMap((change) => live.of(change))], channels);
  }
}

/** Of held changes those whose release has a definitive verdict again. */
async function findAnswered(held: readonly Change[], store: HistoryStore): Promise<ReadonlySet<string>> {
  const answered = new Set<string>();
  for (const [repository, changes] of Map.groupBy(held, (change) => change.repository)) {
    const { tags } = await store.loadRepository(repository);
    for (const { id, tag } of changes) {
      const state = tag === null ? undefined : tags.get(tag);
      // What is gone from the registry cannot be read again: it is told as it was seen.
      if (state === undefined || state.removedSince !== null || isDefinitive(state.shown.verdict)) answered.add(id);
    }
  }
  return answered;
}

async function saveUnlessChanged(store: HistoryStore, finding: Finding, outbox: readonly OutboxEntry[]): Promise<void> {
  try {
    await store.saveFinding(finding, outbox);
  } catch (error) {
    // Somebody else touched it meanwhile; the next run looks again.
    if (!isConflict(error)) throw error;
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof SealwatchError && error.code === "history-conflict";
}
