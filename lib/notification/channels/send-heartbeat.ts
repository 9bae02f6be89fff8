import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Surroundings } from "../../registry/transport/surroundings.ts";
import { readWebAddress } from "../../watchlist/read/web-address.ts";
import { sendRequest } from "./send-request.ts";

/**
 * Tells whoever watches the audit itself that it ended: GET of the address after a complete run, of the address with `/fail` otherwise.
 * An audit that does not run at all is seen by what is missing.
 * @throws SealwatchError `channel`, which names the host only: the rest of the address may be a secret.
 */
export async function sendHeartbeat(address: string, outcome: "complete" | "failed", surroundings: Surroundings): Promise<void> {
  const read = readWebAddress(address);
  if (read.kind === "refused") throw new SealwatchError("channel", `send the heartbeat: found ${read.found} heartbeat; ${read.remedy}`);
  const url = new URL(read.url);
  if (outcome === "failed") url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
  await sendRequest(url, { method: "GET", headers: { "user-agent": "sealwatch" }, body: null }, surroundings);
}
