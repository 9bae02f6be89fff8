import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Surroundings } from "../../registry/transport/surroundings.ts";
import { readWebAddress } from "../../watchlist/read/web-address.ts";
import { sendRequest } from "./send-request.ts";

/**
 * Signals that the audit ended: a GET of the address after a complete run, and of the address with `/fail` otherwise. The absence of
 * heartbeats reveals an audit that does not run at all.
 * Throws SealwatchError `channel` that names only the host: the rest of the address may be a secret.
 */
export async function sendHeartbeat(address: string, outcome: "complete" | "failed", surroundings: Surroundings): Promise<void> {
  const read = readWebAddress(address);
  if (read.kind === "refused") throw new SealwatchError("channel", `send the heartbeat: found ${read.found} heartbeat; ${read.remedy}`);
  const url = new URL(read.url);
  if (outcome === "failed") url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
  await sendRequest(url, { method: "GET", headers: { "user-agent": "sealwatch" }, body: null }, surroundings);
}
