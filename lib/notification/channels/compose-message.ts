import type { RunId } from "../../history/state.ts";
import { renderBrokenChannels } from "../broken-channel-text.ts";
import type { Delivery, ToldEntry } from "./delivery-port.ts";
import { escapeText } from "../../text/escape.ts";
import { listSome } from "../../text/list-some.ts";
import { renderMessage } from "../message.ts";
import type { Message, MessageEntry } from "../message-entry.ts";

/** Of a channel: what its messages depend on. */
interface ChannelContext {
  /** For `--history` in commands: where the history is, or null where the default finds it. */
  readonly history: string | null;
  readonly remindSeconds: number | null;
}

/** The one message for what a channel is sent; null where none of it is true any more (reminders of what was resolved meanwhile). */
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

/** What there is to tell, without what is outdated: a finding is reminded of once, while it is open, and not where it is told itself. */
function toMessageEntries(told: readonly ToldEntry[]): MessageEntry[] {
  const openings = new Set(told.flatMap(({ entry, finding }) => (entry.kind === "opened" && finding !== null ? [finding.id] : [])));
  const reminders = new Map<string, RunId>();
  for (const { entry, finding } of told) {
    if (entry.kind !== "reminder" || finding?.status !== "open" || openings.has(finding.id)) continue;
    if ((reminders.get(finding.id) ?? "") < entry.run) reminders.set(finding.id, entry.run);
  }
  // What was meant for a channel that is gone may be told here for the channel itself, too.
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
