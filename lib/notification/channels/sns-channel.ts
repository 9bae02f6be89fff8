import { PublishCommand, SNSClient, type MessageAttributeValue, type SNSClientConfig } from "@aws-sdk/client-sns";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { parseTopicArn } from "../../watchlist/read/topic-arn.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import { composeMessage } from "./compose-message.ts";
import type { ChannelPort } from "./delivery-port.ts";
import { escapeText } from "../../text/escape.ts";
import { deriveEventKey } from "./event-key.ts";
import { LONGEST_SEND_MS, SEND_RETRIES, SEND_TIMEOUT_MS, SNS_LIMIT_BYTES, SNS_MARGIN_BYTES, SNS_TEXT_LIMIT_BYTES } from "../limits.ts";
import { collectAttributes, type MessageAttributes } from "./message-attributes.ts";

export type SnsChannel = Extract<Channel, { kind: "sns" }>;

/** One group, so that the messages of a FIFO topic are read in the order of the runs. */
const FIFO_GROUP = "sealwatch";

/**
 * Opens an SNS topic as a channel: one Publish per message, with attributes that subscribers filter by. The region is that of the topic's
 * ARN and credentials come from the AWS SDK, unless `configuration` sets them.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * Throws SealwatchError `channel` if the ARN names no topic.
 */
export function openSnsChannel(
  channel: SnsChannel,
  options: { readonly history: string | null; readonly signal: AbortSignal; readonly configuration?: SNSClientConfig },
): ChannelPort {
  const topic = parseTopicArn(channel.topic);
  if (topic === null)
    throw new SealwatchError(
      "channel",
      `open channel ${channel.name}: its sns is no ARN of a topic; write arn:aws:sns:REGION:ACCOUNT:NAME`,
    );
  const client = new SNSClient({
    region: topic.region,
    maxAttempts: 1 + SEND_RETRIES,
    requestHandler: { connectionTimeout: SEND_TIMEOUT_MS, requestTimeout: SEND_TIMEOUT_MS, throwOnRequestTimeout: true },
    ...options.configuration,
  });
  return {
    channel,
    async send(told, delivery) {
      const message = composeMessage(told, delivery, { history: options.history, remindSeconds: channel.remindSeconds });
      if (message === null) return;
      const text = cutBytes(message.text, SNS_TEXT_LIMIT_BYTES);
      const left = SNS_LIMIT_BYTES - SNS_MARGIN_BYTES - Buffer.byteLength(text);
      const command = new PublishCommand({
        TopicArn: channel.topic,
        Subject: message.subject,
        Message: text,
        MessageAttributes: formatAttributes(collectAttributes(told, delivery, left)),
        ...(!topic.isFifo ? {} : { MessageGroupId: FIFO_GROUP, MessageDeduplicationId: deriveEventKey(told, delivery) }),
      });
      try {
        // The SDK's search for credentials has no time limit of its own.
        await client.send(command, { abortSignal: AbortSignal.any([options.signal, AbortSignal.timeout(LONGEST_SEND_MS)]) });
      } catch (error) {
        throw describe(channel.topic, error);
      }
    },
  };
}

/** Leaves out attributes without a value, which SNS refuses. */
function formatAttributes(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  const filled = Object.entries(attributes).filter(([, values]: [string, readonly string[]]) => values.length > 0);
  return Object.fromEntries(
    filled.map(([name, values]: [string, readonly string[]]) => [name, { DataType: "String.Array", StringValue: JSON.stringify(values) }]),
  );
}

/** Keeps as many complete lines as fit. */
function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const end = "… and more: sealwatch findings list";
  let size = Buffer.byteLength(end);
  const lines = text.split("\n");
  const cut = lines.findIndex((line) => (size += Buffer.byteLength(line) + 1) > limit);
  return [...lines.slice(0, cut), end].join("\n");
}

function describe(topic: string, error: unknown): SealwatchError {
  const name = error instanceof Error ? error.name : "";
  const found = REMEDIES.find(([pattern]) => pattern.test(name));
  const [, what, remedy] = found ?? [null, error instanceof Error ? escapeText(`${name}: ${error.message}`) : "failed", null];
  return new SealwatchError("channel", `publish to ${topic}: ${what}${remedy === null ? "" : `; ${remedy}`}`, {
    cause: error,
    retryable: found === undefined,
  });
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors */
const REMEDIES: readonly (readonly [RegExp, string, string])[] = [
  [/^(?:NotFound|ResourceNotFound)/, "the topic does not exist", "create it, or correct its ARN in the watch list"],
  [/^(?:AuthorizationError|AccessDenied)/, "not authorised", "allow these credentials sns:Publish on the topic"],
  [/^KMSAccessDenied/, "not authorised to use the topic's key", "allow these credentials kms:GenerateDataKey* and kms:Decrypt on it"],
  [/^KMS/, "the topic's key cannot be used", "see in AWS KMS whether it is enabled"],
  [/^(?:CredentialsProvider|TokenProvider)/, "there are no AWS credentials", "set AWS_PROFILE, or give this machine a role"],
  [
    /^(?:InvalidClientTokenId|UnrecognizedClient|ExpiredToken|SignatureDoesNotMatch|InvalidSecurity)/,
    "the AWS credentials are refused",
    "renew them",
  ],
];
