import { selectChannels } from "../../watchlist/select/select-channels.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import type { Finding, OutboxEntry, RunId } from "../state.ts";

/** Nights do not start on the second: a reminder after 7 days is due in that day's run, even if the run starts a minute earlier. */
const JITTER_MILLISECONDS = 600_000;

/** A finding with its reminders noted, and the entries that remind of it: both are saved together. */
export interface DueReminders {
  readonly finding: Finding;
  readonly outbox: readonly OutboxEntry[];
}

/**
 * Returns the reminders that are due at a run. A finding is reminded of if it is open (neither acknowledged nor flapping, and its tag is
 * not gone), on each channel that has `remind` and was last told of it longer ago than that. A repeated run repeats ids, and a run reminds
 * of nothing that it opened.
 */
export function dueReminders(live: readonly Finding[], channels: readonly Channel[], run: RunId): DueReminders[] {
  return live.flatMap((finding) => {
    if (finding.status !== "open" || finding.flapping !== null || finding.goneSince !== null) return [];
    const due = selectChannels(channels, finding.severity, [finding.facts.owner]).filter((channel) => isDue(finding, channel, run));
    if (due.length === 0) return [];
    const told = { ...finding.told, ...Object.fromEntries(due.map(({ name }) => [name, run])) };
    return [{ finding: { ...finding, told }, outbox: due.map(({ name }) => remind(finding, name, run)) }];
  });
}

/**
 * The clock may have gone back by more than the whole time: an age below zero is longer than any period (architecture section 6). A run
 * that is only a little older than the one that told was resumed after it.
 */
function isDue({ openedAt, told }: Finding, { name, remindSeconds }: Channel, run: RunId): boolean {
  if (remindSeconds === null) return false;
  const age = Date.parse(run) - Date.parse(told[name] ?? openedAt);
  const wanted = remindSeconds * 1000 - JITTER_MILLISECONDS;
  return age >= wanted || age <= -wanted;
}

function remind({ id }: Finding, channel: string, run: RunId): OutboxEntry {
  return { id: `${id}/reminder/${run}/${channel}`, channel, run, findingId: id, kind: "reminder", summary: null, sentAt: null };
}
