import type { RunId } from "../../history/state.ts";
import { renderBrokenChannels } from "../broken-channel-text.ts";
import type { Delivery, ToldEntry } from "./delivery-port.ts";
import { escapeText } from "../../text/escape.ts";
import { listSome } from "../../text/list-some.ts";
import { renderMessage } from "../message.ts";
import type { Message, MessageEntry } from "../message-entry.ts";

/** The properties of a channel that its messages depend on. */
interface ChannelContext {
  /** The location of the history for `--history` in commands, or null if the default finds it. */
  readonly history: string | null;
  readonly remindSeconds: number | null;
}

/** Composes the one message for a channel, or returns null if nothing in it is true any more (reminders of resolved findings). */
export function composeMessage(told: readonly ToldEntry[], delivery: Delivery, { history, remindSeconds }: ChannelContext): Message | null {
  if (delivery.broken.length > 0) return renderBrokenChannels(delivery.broken);
  const entries = toMessageEntries(told);
  if (entries.length === 0) return null;
  const runs = told.map(({ entry }) => entry.run).toSorted();
  const context = { id: runs.at(-1) ?? delivery.run, since: runs[0] ?? delivery.run, history, remindSeconds };
  const { subject, text } = renderMessage(context, entries);
  if (delivery.droppedChannels.length === 0) return { subject, text };
  const names = listSome(delivery.droppedChannels.map((name) => escapeText(name)));
  return { subject, text: `${text}\nAlso meant for: ${names}, no longer under notify: in the watch list` };
}

/** Drops outdated entries. A finding is reminded of once, while it is open, and only if its opening is not in the same message. */
function toMessageEntries(told: readonly ToldEntry[]): MessageEntry[] {
  const openings = new Set(told.flatMap(({ entry, finding }) => (entry.kind === "opened" && finding !== null ? [finding.id] : [])));
  const reminders = new Map<string, RunId>();
  for (const { entry, finding } of told) {
    if (entry.kind !== "reminder" || finding?.status !== "open" || openings.has(finding.id)) continue;
    if ((reminders.get(finding.id) ?? "") < entry.run) reminders.set(finding.id, entry.run);
  }
  // Entries that were meant for a removed channel may be among those of this channel too.
  const once = new Map(told.map((one) => [`${one.entry.kind} ${one.entry.findingId} ${one.entry.run}`, one]));
  return [...once.values()].flatMap((one) => toMessageEntry(one, reminders) ?? []);
}

function toMessageEntry({ entry, finding }: ToldEntry, reminders: ReadonlyMap<string, RunId>): MessageEntry | null {
  const { kind, run, summary } = entry;
  switch (kind) {
    case "baseline":
      return summary?.facts.counts === undefined
        ? null
        : { kind, summary: { repository: summary.repository, run: summary.run, ...summary.facts.counts } };
    case "storm":
      return summary?.facts.storm === undefined ? null : { kind, storm: { run: summary.run, ...summary.facts.storm } };
    case "report":
      return summary?.facts.report === undefined ? null : { kind, report: summary.facts.report };
    case "reminder":
      return finding !== null && reminders.get(finding.id) === run ? { kind, finding, run } : null;
    case "opened":
    case "recovered":
      return finding === null ? null : { kind, finding };
  }
}
