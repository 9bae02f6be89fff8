import { HEARTBEAT_TIMEOUT_MS } from "../../lib/notification/limits.ts";
import { openAwsCredentials } from "../../lib/registry/credentials/aws-clients.ts";
import { createSecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { resolveSecret } from "./secret.ts";
import { openSurroundings } from "./surroundings.ts";

/** Sends the heartbeat of a watch list, if there is one, for a run that was closed. Returns why it was not heard, or null. */
export async function sendHeartbeat(reference: string | null, complete: boolean, stopped: AbortSignal): Promise<string | null> {
  if (reference === null) return null;
  try {
    const { sendHeartbeat: send } = await import("../../lib/notification/channels/send-heartbeat.ts");
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(HEARTBEAT_TIMEOUT_MS)]);
    const address = await resolveSecret(reference, "heartbeat", createSecretReader(openAwsCredentials(signal)));
    await send(address.trim(), complete ? "complete" : "failed", openSurroundings(signal));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
