import { escapeText } from "../../lib/text/escape.ts";
import { HEARTBEAT_TIMEOUT_MS, LAST_HEARTBEAT_TIMEOUT_MS } from "../../lib/notification/limits.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { resolveSecretUrl } from "./secrets.ts";
import { openSurroundings } from "./surroundings.ts";

interface HeartbeatSurroundings {
  readonly stopped: AbortSignal;
  readonly readSecret: SecretReader;
}

/**
 * Does the work of an audit and then sends the heartbeat of the watch list, if there is one: complete if the work says so, failed if it
 * does not, throws or is stopped. If the heartbeat fails, that is reported on stderr and changes nothing else.
 */
export async function withHeartbeat<T extends { readonly complete: boolean }>(
  reference: string | null,
  { stopped, readSecret }: HeartbeatSurroundings,
  work: () => Promise<T>,
): Promise<T> {
  let complete = false;
  try {
    const result = await work();
    ({ complete } = result);
    return result;
  } finally {
    if (reference !== null) await beat(reference, complete, { stopped, readSecret });
  }
}

async function beat(reference: string, complete: boolean, { stopped, readSecret }: HeartbeatSurroundings): Promise<void> {
  try {
    const { sendHeartbeat } = await import("../../lib/notification/channels/send-heartbeat.ts");
    const address = await resolveSecretUrl(reference, "heartbeat", readSecret);
    const signal = stopped.aborted
      ? AbortSignal.timeout(LAST_HEARTBEAT_TIMEOUT_MS)
      : AbortSignal.any([stopped, AbortSignal.timeout(HEARTBEAT_TIMEOUT_MS)]);
    await sendHeartbeat(address, complete ? "complete" : "failed", openSurroundings(signal));
  } catch (error) {
    process.stderr.write(`warning: the heartbeat was not heard: ${escapeText(error instanceof Error ? error.message : String(error))}\n`);
  }
}
