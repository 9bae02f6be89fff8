import { createHmac } from "node:crypto";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Surroundings } from "../../registry/transport/surroundings.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import { readWebAddress } from "../../watchlist/read/web-address.ts";
import { composeMessage } from "./compose-message.ts";
import type { ChannelPort } from "./delivery-port.ts";
import { deriveEventKey } from "./event-key.ts";
import { sendRequest } from "./send-request.ts";
import { composeWebhookBody } from "./webhook-body.ts";

export type WebhookChannel = Extract<Channel, { kind: "webhook" }>;

/** The values that a webhook's references stand for. Neither is ever shown: the address may contain a token. */
export interface WebhookSecrets {
  readonly url: string;
  /** A line feed at its end, which files and vaults may add, is not part of the secret. */
  readonly secret: string | null;
}

/**
 * Opens a webhook as a channel: one POST of JSON per message with an `Idempotency-Key`, which repeats with the message, and a signature if
 * there is a secret (`X-Sealwatch-Signature: sha256=<hex HMAC-SHA256 of the body>`).
 * Throws SealwatchError `channel` if nothing may be sent to the address.
 */
export function openWebhookChannel(
  channel: WebhookChannel,
  secrets: WebhookSecrets,
  options: Surroundings & { readonly history: string | null },
): ChannelPort {
  const address = readWebAddress(secrets.url);
  const secret = secrets.secret?.replace(/\r?\n$/, "") ?? null;
  if (address.kind === "refused") {
    throw new SealwatchError("channel", `open channel ${channel.name}: found ${address.found} its url; ${address.remedy}`);
  }
  return {
    channel,
    async send(told, delivery) {
      const message = composeMessage(told, delivery, { history: options.history, remindSeconds: channel.remindSeconds });
      if (message === null) return;
      const body = Buffer.from(JSON.stringify(composeWebhookBody(message, told, delivery)));
      const headers = {
        "content-type": "application/json",
        "user-agent": "sealwatch",
        "idempotency-key": deriveEventKey(told, delivery),
        ...(secret === null ? {} : { "x-sealwatch-signature": signBody(body, secret) }),
      };
      await sendRequest(address.url, { method: "POST", headers, body }, options);
    },
  };
}

/** Signs the exact bytes that are sent (RFC 2104). */
function signBody(body: Uint8Array, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}
