import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { startServer, type ScriptedServer, type SeenRequest } from "./start-server.ts";

/** An answer instead of the registry's. */
export interface FrontAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What stands before a registry: it answers itself, or passes the request on if it says null, and adds headers to every answer. */
export function startFront(
  registry: ControlRegistry,
  answerItself: (request: SeenRequest) => FrontAnswer | null,
  added: Readonly<Record<string, string>> = {},
): Promise<ScriptedServer> {
  return startServer((request, response) => {
    const own = answerItself(request);
    if (own !== null) {
      response.writeHead(own.status, { "content-type": "application/json", ...added, ...own.headers });
      response.end(own.body ?? "");
      return;
    }
    const { accept = "*/*" } = request.headers;
    const passOn = async (): Promise<void> => {
      const answer = await fetch(registry.url + request.url, { method: request.method, headers: { accept }, redirect: "manual" });
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => !["connection", "keep-alive", "date"].includes(name)));
      response.writeHead(answer.status, { ...headers, ...added });
      response.end(Buffer.from(await answer.arrayBuffer()));
    };
    passOn().catch(() => response.destroy());
  });
}
