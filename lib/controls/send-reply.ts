import type { ServerResponse } from "node:http";
import type { WireFault } from "./fault.ts";
import type { RegistryReply } from "./registry-reply.ts";

/** The end of an endless body, in case nobody hangs up. */
const ENDLESS_BODY_BYTES = 64 * 1024 * 1024;
const FILLER = Buffer.alloc(64 * 1024, " ");

/** Sends the reply, or makes the connection fail as `wire` says. HEAD gets the headers only. */
export function sendReply(response: ServerResponse, reply: RegistryReply, method: string, wire: WireFault | null): void {
  if (wire === "hang") return;
  if (wire === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (wire === "endless") {
    sendEndless(response, reply);
    return;
  }
  response.writeHead(reply.status, reply.headers);
  if (wire === null) {
    response.end(method === "HEAD" ? undefined : reply.body);
    return;
  }
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  response.flushHeaders();
  response.write(half, () => {
    if (wire === "truncated") response.socket?.destroy();
  });
}

function sendEndless(response: ServerResponse, reply: RegistryReply): void {
  response.writeHead(reply.status, { "content-type": reply.headers["content-type"] ?? "application/json" });
  let sent = 0;
  const send = (): void => {
    while (sent < ENDLESS_BODY_BYTES && !response.destroyed) {
      sent += FILLER.length;
      if (!response.write(FILLER)) {
        response.once("drain", send);
        return;
      }
    }
    response.end();
  };
  send();
}
