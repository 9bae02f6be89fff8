import type { ChannelPort, ToldEntry } from "../../lib/audit/conclude-run.ts";
import { renderMessage, type MessageEntry } from "../../lib/notification/message.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";

/** The terminal as a channel: what on-call would read, on the stream that is free for it. */
export function createTerminalChannel(channel: Channel, stream: NodeJS.WritableStream, history: string | null): ChannelPort {
  return {
    channel,
    async send(told) {
      const entries = told.flatMap((one) => toMessageEntry(one) ?? []);
      if (entries.length === 0) return;
      const { text } = renderMessage({ id: told[0]?.entry.run ?? "", history }, entries);
      await new Promise<void>((resolve, reject) => {
        stream.write(`${text}\n\n`, (error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

function toMessageEntry({ entry, finding }: ToldEntry): MessageEntry | null {
  const { summary } = entry;
  if (summary?.facts.counts)
    return { kind: "baseline", summary: { repository: summary.repository, run: summary.run, ...summary.facts.counts } };
  if (finding === null) return null;
  return { kind: entry.kind === "recovered" ? "recovered" : "opened", finding };
}
