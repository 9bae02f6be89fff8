import { setTimeout as wait } from "node:timers/promises";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { ChannelPort } from "../../lib/notification/delivery-port.ts";
import { openSnsChannel } from "../../lib/notification/sns-channel.ts";
import { openAwsCredentials } from "../../lib/registry/credentials/aws-clients.ts";
import { createSecretReader, type SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { parseAwsSecret } from "../../lib/watchlist/aws-secret.ts";
import type { Channel, WatchList } from "../../lib/watchlist/watch-list.ts";

/** The watch list with the deployment's own topic as a channel: whoever subscribes to it hears everything. */
export function withTopic(watchList: WatchList, topic: string): WatchList {
  const own: Channel = { name: "topic", kind: "sns", topic, severity: "notice", owner: null, remindSeconds: null };
  const others = watchList.channels.filter(
    (channel) => channel.kind !== "terminal" && !(channel.kind === "sns" && channel.topic === topic),
  );
  const named = watchList.channels.filter((channel) => channel.kind === "sns" && channel.topic === topic);
  return { ...watchList, channels: [...(named.length > 0 ? named : [own]), ...others] };
}

/** Channels that a function can reach. One that cannot be opened fails whenever it is sent something: the others tell of it. */
export async function openFunctionChannels(channels: readonly Channel[], history: string, signal: AbortSignal): Promise<ChannelPort[]> {
  const readSecret = createSecretReader(openAwsCredentials(signal));
  const opened = channels.map((channel) =>
    openOne(channel, history, signal, readSecret).catch((error: unknown) => newBroken(channel, error)),
  );
  return (await Promise.all(opened)).filter((port) => port !== null);
}

async function openOne(channel: Channel, history: string, signal: AbortSignal, readSecret: SecretReader): Promise<ChannelPort | null> {
  if (channel.kind === "terminal") return null;
  if (channel.kind === "sns") return openSnsChannel(channel, { history, signal });
  const { openWebhookChannel } = await import("../../lib/notification/webhook-channel.ts");
  const surroundings = {
    random: () => Math.random(),
    now: () => Date.now(),
    async sleep(milliseconds: number, stop: AbortSignal) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    signal,
  };
  const [url, secret] = [
    await resolve(channel.url, readSecret),
    channel.secret === null ? null : await resolve(channel.secret, readSecret),
  ];
  return openWebhookChannel(channel, { url, secret }, { ...surroundings, history });
}

function newBroken(channel: Channel, error: unknown): ChannelPort {
  return { channel, send: () => Promise.reject(error instanceof Error ? error : new Error(String(error))) };
}

/** A function has no files and no variables of its own: what is no secret of AWS is an address that was written out. */
async function resolve(reference: string, readSecret: SecretReader): Promise<string> {
  const secret = parseAwsSecret(reference);
  if (secret === null) {
    if (/^(?:env|file):/.test(reference))
      throw new SealwatchError("channel", "a function has neither variables nor files; write awssecret:///NAME");
    return reference;
  }
  const read = await readSecret(secret);
  if (read.kind === "unavailable") throw new SealwatchError("channel", read.detail);
  return read.text.trim();
}
