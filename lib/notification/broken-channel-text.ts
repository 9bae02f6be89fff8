import type { RunId } from "../history/state.ts";
import { countOf } from "../text/count-of.ts";
import { escapeText } from "../text/escape.ts";
import { fitSubject } from "./finding-subject.ts";
import { formatMinute } from "../text/format-time.ts";
import type { Message } from "./message-entry.ts";

/** A BrokenChannel did not take its messages. Its unsent entries are the only record of that. */
export interface BrokenChannel {
  readonly channel: string;
  /** The oldest run whose message it did not take. */
  readonly since: RunId;
  /** The number of runs whose messages wait for it. */
  readonly messages: number;
  /** The reason that the channel gave. It contains no secret. */
  readonly reason: string;
}

/** Returns `channel oncall did not take 2 messages since 2026-11-20 02:00 UTC`. */
export function describeBrokenChannel({ channel, since, messages }: BrokenChannel): string {
  return `channel ${channel} did not take ${messages === 1 ? "its message" : countOf(messages, "message")} since ${formatMinute(since)} UTC`;
}

/** Renders the message that other channels get about broken ones, once a day. There must be at least one. */
export function renderBrokenChannels(broken: readonly BrokenChannel[]): Message {
  const [first, ...more] = broken;
  if (first === undefined) throw new RangeError("a message about broken channels names at least one");
  const about = more.length === 0 ? describeBrokenChannel(first) : `${broken.length} channels did not take their messages`;
  const subject = fitSubject("[WARNING]", { repository: "", tag: null }, about);
  const lines = broken.flatMap((channel) => [
    `What happened: ${escapeText(describeBrokenChannel(channel))}`,
    `  ${escapeText(channel.reason)}`,
  ]);
  return {
    subject,
    text: [
      subject,
      ...lines,
      "To do: mend the channel, or its entry under notify: in the watch list. What waits goes out with the next audit.",
      "Meanwhile: sealwatch findings list shows what is open.",
      "You are told once a day.",
    ].join("\n"),
  };
}
