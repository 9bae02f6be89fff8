import { reopenExpired } from "../../history/findings/acknowledge.ts";
import { ageFindings } from "../../history/findings/finding-life.ts";
import { noteStep } from "../../history/findings/finding-steps.ts";
import { concludeChange, concludeUntold } from "../../history/findings/findings.ts";
import { concludePolicyChanges, derivePolicyFindingId } from "../../history/findings/policy-findings.ts";
import { dueReminders } from "../../history/findings/reminders.ts";
import { isConflict, retryConflict } from "../../history/retry-conflict.ts";
import type { Change, Finding, OutboxEntry, RunId } from "../../history/state.ts";
import type { Conclusion, HistoryStore } from "../../history/store.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import { isTonight } from "../open-run.ts";
import { LiveFindings } from "./live-findings.ts";
import type { RunPlan } from "../part.ts";
import type { Reading } from "./reading.ts";
import { planConclusions, type Task } from "./plan-conclusions.ts";
import { keepTrueReminders } from "./true-reminders.ts";

const ATTEMPTS = 8;

/**
 * Turns every pending change, of any run, into findings and outbox entries (step 10, first half). Each step is one transaction, so a crash
 * repeats work and loses nothing. A change that is held, or whose run somebody still works for, waits until its release was read again.
 * Findings age before that, and channels are reminded afterwards of what is still open. Returns, for people, what could not be concluded
 * and stays pending.
 */
export async function concludeChanges(
  store: HistoryStore,
  channels: readonly Channel[],
  plan: Pick<RunPlan, "run" | "repositories">,
  reading: Reading,
): Promise<string[]> {
  const { run } = plan;
  const live = await store.findings({ live: true });
  const aged = ageFindings(live, run, channels);
  const seen = new Set(aged.map(({ finding }) => finding.id));
  const reopened = reopenExpired(
    live.filter(({ id }) => !seen.has(id)),
    run,
  );
  const author = { by: "run", at: run } as const;
  for (const { finding, outbox } of aged) await saveUnlessChanged(store, noteStep(finding, author), outbox, run);
  for (const finding of reopened) await saveUnlessChanged(store, noteStep(finding, author), [], run);

  let failures: string[] | null = null;
  for (let attempt = 1; failures === null; attempt++) {
    if (attempt > ATTEMPTS)
      throw new SealwatchError("history-conflict", "conclude: somebody else concludes at the same time", { retryable: true });
    failures = await concludePending(store, channels, plan, reading);
  }
  if (channels.every(({ remindSeconds }) => remindSeconds === null)) return failures;
  const open = await store.findings({ live: true });
  for (const { finding, outbox } of await keepTrueReminders(dueReminders(open, channels, run), reading, store))
    await saveUnlessChanged(store, finding, outbox, run);
  return failures;
}

/** Returns null if somebody else concluded some of it in the meantime: then the rest must be read again. */
async function concludePending(
  store: HistoryStore,
  channels: readonly Channel[],
  { run, repositories }: Pick<RunPlan, "run" | "repositories">,
  reading: Reading,
): Promise<string[] | null> {
  const rank = new Map(repositories.map((name, at) => [name, at]));
  const rankOf = ({ repository }: Change): number => rank.get(repository) ?? -1;
  // In the order of the watch list, whichever repository was done first.
  const pending = (await store.pendingChanges()).toSorted((left, right) => rankOf(left) - rankOf(right));
  if (pending.length === 0) return [];
  const held = await store.heldChanges();
  const others = await findOpenRuns(store, run);
  const waits = (change: Change): boolean =>
    held.has(change.id) ? !reading.has(change, { again: true }) : others.has(change.run) && !reading.has(change, { again: false });
  let live = new LiveFindings(await store.findings({ live: true }));
  const failures: string[] = [];
  for (const task of planConclusions(pending, waits)) {
    try {
      const isWhole = await retryConflict(ATTEMPTS, async (attempt) => {
        if (attempt > 1) live = new LiveFindings(await store.findings({ live: true }));
        const concluded = await concludeTask(task, live, channels, store);
        const conclusion = { ...concluded, findings: concluded.findings.map((finding) => noteStep(finding, { by: "run", at: run })), run };
        const isNews = await store.conclude(conclusion);
        if (isNews) live.apply(conclusion.findings);
        return isNews || conclusion.changes.length === 1;
      });
      if (!isWhole) return null;
    } catch (error) {
      // A change that the store refuses must not keep others from being told.
      if (!isRefused(error)) throw error;
      failures.push(`not concluded, and tried again by the next run: ${error.message}`);
    }
  }
  return failures;
}

async function concludeTask(task: Task, live: LiveFindings, channels: readonly Channel[], store: HistoryStore): Promise<Conclusion> {
  switch (task.kind) {
    case "one":
      return concludeChange(task.change, live.of(task.change), channels);
    case "untold":
      return concludeUntold(task.opening, task.end);
    case "policy": {
      const id = await findPolicyId(task.key, live, store);
      return concludePolicyChanges(
        task.changes,
        id,
        [...live.aboutPolicies(), ...task.changes.flatMap((change) => live.of(change))],
        channels,
      );
    }
  }
}

/** Returns the id of the open finding that grows, or of a new one. A closed finding is not opened again. */
async function findPolicyId(key: string, live: LiveFindings, store: HistoryStore): Promise<string> {
  const open = new Set(live.aboutPolicies().map(({ id }) => id));
  for (let nth = 0; ; nth++) {
    const id = derivePolicyFindingId(key, nth);
    if (open.has(id) || (await store.findingsByPrefix(id)).length === 0) return id;
  }
}

const RECENT_RUNS = 8;

/** Returns the other runs that somebody may be working for now. */
async function findOpenRuns(store: HistoryStore, run: RunId): Promise<ReadonlySet<RunId>> {
  const recent = await store.runs({ limit: RECENT_RUNS });
  const others = recent.filter((other) => other.id !== run && other.status === "open" && isTonight(other, Date.parse(run)));
  return new Set(others.map(({ id }) => id));
}

async function saveUnlessChanged(store: HistoryStore, finding: Finding, outbox: readonly OutboxEntry[], run: RunId): Promise<void> {
  try {
    await store.saveFinding(finding, outbox, run);
  } catch (error) {
    // Somebody else changed it in the meantime; the next run looks again.
    if (!isConflict(error)) throw error;
  }
}

/** Reports whether the store will never take a change: it is too large, or contradicts the store. */
function isRefused(error: unknown): error is SealwatchError {
  return error instanceof SealwatchError && (error.code === "internal" || error.code === "history") && !error.retryable;
}
