import { Agent, request } from "node:http";
import type { Answer } from "./answer.ts";

/** A request as it came in, with its whole body. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true });
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "expect", "host"]);

/** Sends the request to a server on this machine and gives its whole answer. */
export function forward(upstream: string, { method, url, headers, body }: ReceivedRequest): Promise<Answer> {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url, upstream), { method, agent, headers: { ...kept, "content-length": body.length } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...answered } = incoming.headers;
        resolve({ status: incoming.statusCode ?? 502, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
