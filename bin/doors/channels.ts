import type { ChannelPort } from "../../lib/notification/channels/delivery-port.ts";
import { escapeText } from "../../lib/text/escape.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";
import { resolveSecret, resolveSecretUrl } from "./secrets.ts";
import { openSurroundings } from "./surroundings.ts";
import { createTerminalChannel } from "./terminal-channel.ts";

interface ChannelOptions {
  /** The stream of terminal channels. */
  readonly terminal: NodeJS.WritableStream;
  /** The address of the history, or null if the default finds it. */
  readonly history: string | null;
  readonly signal: AbortSignal;
  readonly readSecret: SecretReader;
}

/**
 * Opens all channels of a watch list. One that cannot be opened, because its secret is missing for example, is reported on stderr and fails
 * whenever it is sent something. The others report it, and its messages wait until it works again.
 */
export function openChannels(channels: readonly Channel[], options: ChannelOptions): Promise<ChannelPort[]> {
  return Promise.all(channels.map((channel) => openChannel(channel, options).catch((error: unknown) => newBrokenChannel(channel, error))));
}

async function openChannel(channel: Channel, { terminal, history, signal, readSecret }: ChannelOptions): Promise<ChannelPort> {
  switch (channel.kind) {
    case "terminal":
      return createTerminalChannel(channel, terminal, history);
    case "webhook": {
      const { openWebhookChannel } = await import("../../lib/notification/channels/webhook-channel.ts");
      const url = await resolveSecretUrl(channel.url, `notify, ${channel.name}: url`, readSecret);
      const secret = channel.secret === null ? null : await resolveSecret(channel.secret, `notify, ${channel.name}: secret`, readSecret);
      return openWebhookChannel(channel, { url, secret }, { ...openSurroundings(signal), history });
    }
    case "sns": {
      const { openSnsChannel } = await import("../../lib/notification/channels/sns-channel.ts");
      return openSnsChannel(channel, { history, signal });
    }
  }
}

function newBrokenChannel(channel: Channel, error: unknown): ChannelPort {
  process.stderr.write(
    `warning: channel ${escapeText(channel.name)}: ${escapeText(error instanceof Error ? error.message : String(error))}\n`,
  );
  return { channel, send: () => Promise.reject(error instanceof Error ? error : new Error(String(error))) };
}
