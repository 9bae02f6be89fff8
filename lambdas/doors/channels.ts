import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import type { ChannelPort } from "../../lib/notification/channels/delivery-port.ts";
import { openSnsChannel } from "../../lib/notification/channels/sns-channel.ts";
import { openAwsCredentials } from "../../lib/registry/credentials/aws-clients.ts";
import { createSecretReader, type SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import type { Channel, WatchList } from "../../lib/watchlist/watch-list.ts";
import { resolveSecret } from "./secret.ts";
import { openSurroundings } from "./surroundings.ts";

/** Adds the deployment's own topic to the channels of a watch list. Its subscribers hear everything. */
export function withTopic(watchList: WatchList, topic: string): WatchList {
  const own: Channel = { name: nameBeside(watchList.channels), kind: "sns", topic, severity: "notice", owner: null, remindSeconds: null };
  const named = watchList.channels.filter((channel) => channel.kind === "sns" && channel.topic === topic);
  const others = watchList.channels.filter((channel) => channel.kind !== "terminal" && !named.includes(channel));
  return { ...watchList, channels: [...(named.length > 0 ? named : [own]), ...others] };
}

/** Returns a name that no other channel has, because messages are addressed by name. */
function nameBeside(channels: readonly Channel[]): string {
  const taken = new Set(channels.map(({ name }) => name));
  let name = "topic";
  while (taken.has(name)) name = `own-${name}`;
  return name;
}

/** Opens the channels that a function can reach. One that cannot be opened fails if it is used, and the others report it. */
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
  const { openWebhookChannel } = await import("../../lib/notification/channels/webhook-channel.ts");
  const url = (await resolveSecret(channel.url, "url", readSecret)).trim();
  const secret = channel.secret === null ? null : await resolveSecret(channel.secret, "secret", readSecret);
  return openWebhookChannel(channel, { url, secret }, { ...openSurroundings(signal), history });
}

function newBroken(channel: Channel, error: unknown): ChannelPort {
  return { channel, send: () => Promise.reject(error instanceof Error ? error : new Error(String(error))) };
}

/** Returns how many subscribers of a topic have confirmed that they want its messages. */
export async function countSubscriptions(topic: string): Promise<number> {
  const { Attributes } = await new SNSClient({}).send(new GetTopicAttributesCommand({ TopicArn: topic }));
  return Number(Attributes?.["SubscriptionsConfirmed"] ?? 0);
}
