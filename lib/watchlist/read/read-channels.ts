import { isMap } from "yaml";
import { quoteFound } from "./quote-found.ts";
import { readSecretReference, readSecretUrl } from "./read-location.ts";
import { readDuration } from "./read-quantity.ts";
import { readChoice, readItems, readMapping, readParsed, readText } from "./read-value.ts";
import { nameOf, reportError, type YamlValue } from "./source-file.ts";
import { parseTopicArn } from "./topic-arn.ts";
import type { Channel } from "../watch-list.ts";

const SEVERITIES = ["alert", "warning", "notice"] as const;

/** The channel of a watch list without `notify:`. */
export const TERMINAL: Channel = { name: "terminal", severity: "notice", owner: null, remindSeconds: null, kind: "terminal" };

interface FoundChannel {
  readonly at: YamlValue;
  readonly named: boolean;
  readonly channel: Channel;
}

/** Reads `notify:`. A channel without severity gets everything. */
export function readChannels(value: YamlValue): FoundChannel[] {
  return (readItems(value) ?? []).flatMap((at) => {
    if (!isMap(at.node)) return readChoice(at, ["terminal"]) === null ? [] : [{ at, named: false, channel: TERMINAL }];
    return readChannel(at);
  });
}

function readChannel(at: YamlValue): FoundChannel[] {
  const fields = readMapping(at, ["name", "sns", "webhook", "severity", "owner", "remind"]);
  if (fields === null) return [];
  if ((fields.sns === undefined) === (fields.webhook === undefined)) {
    const found = fields.sns === undefined ? "neither sns nor webhook" : "sns and webhook";
    return reportError(at, "channel-kind", `found ${found} in a channel`, "write one of sns: and webhook:") ?? [];
  }
  const name = readText(fields.name);
  const delivery = fields.sns ? readTopic(fields.sns) : readWebhook(fields.webhook!);
  const common = {
    severity: readChoice(fields.severity, SEVERITIES) ?? "notice",
    owner: readText(fields.owner),
    remindSeconds: readDuration(fields.remind, { least: 3600 }),
  };
  if (delivery === null) return [];
  const otherwise = delivery.kind === "sns" ? (parseTopicArn(delivery.topic)?.name ?? "sns") : delivery.kind;
  return [{ at, named: name !== null, channel: { name: name ?? otherwise, ...common, ...delivery } }];
}

type ChannelTarget = { kind: "sns"; topic: string } | { kind: "webhook"; url: string; secret: string | null };

function readTopic(value: YamlValue): ChannelTarget | null {
  const parse = (topic: string): ChannelTarget | null => (parseTopicArn(topic) === null ? null : { kind: "sns", topic });
  return readParsed(value, parse, { code: "bad-arn", fault: "no ARN of a topic", remedy: "write arn:aws:sns:REGION:ACCOUNT:NAME" });
}

function readWebhook(value: YamlValue): ChannelTarget | null {
  const fields = readMapping(value, ["url", "secret"], { required: ["url"] });
  const url = readSecretUrl(fields?.url);
  const secret = readSecretReference(fields?.secret);
  return url === null ? null : { kind: "webhook", url, secret };
}

/** Gives each channel a unique name, and reports two that were given the same one. */
export function nameChannels(found: readonly FoundChannel[]): Channel[] {
  const taken = new Map<string, FoundChannel>();
  for (const entry of found.filter(({ named }) => named)) {
    const before = taken.get(entry.channel.name);
    if (before === undefined) taken.set(entry.channel.name, entry);
    else {
      const message = `found a second channel named ${quoteFound(entry.channel.name)}, as in ${nameOf(before.at, entry.at)}`;
      reportError(entry.at, "duplicate-name", message, "write another name");
    }
  }
  return found.map((entry) => {
    if (entry.named) return entry.channel;
    let { name } = entry.channel;
    for (let number = 2; taken.has(name); number++) name = `${entry.channel.name}-${number}`;
    taken.set(name, entry);
    return { ...entry.channel, name };
  });
}
