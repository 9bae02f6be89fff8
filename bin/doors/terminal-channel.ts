import type { ChannelPort } from "../../lib/notification/channels/delivery-port.ts";
import { composeMessage } from "../../lib/notification/channels/compose-message.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";

/** Creates a channel that prints what on-call would read. */
export function createTerminalChannel(channel: Channel, stream: NodeJS.WritableStream, history: string | null): ChannelPort {
  return {
    channel,
    async send(told, delivery) {
      const message = composeMessage(told, delivery, { history, remindSeconds: channel.remindSeconds });
      if (message === null) return;
      await new Promise<void>((resolve, reject) => {
        stream.write(`${message.text}\n\n`, (error) => (error ? reject(error) : resolve()));
      });
    },
  };
}
