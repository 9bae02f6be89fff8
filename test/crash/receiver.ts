import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a webhook's messages arrive. */
export interface Receiver {
  readonly url: string;
  /** `ID cause repository:tag` of every finding that was told, as often as it was. */
  told(): string[];
  clear(): void;
  close(): Promise<void>;
}

interface Told {
  readonly findings: readonly { readonly id: string; readonly cause: string; readonly tag: string | null }[];
}

export async function startReceiver(): Promise<Receiver> {
  let told: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { findings } = JSON.parse(body) as Told;
      told.push(...findings.map(({ id, cause, tag }) => `${id} ${cause} ${tag ?? "-"}`));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    told: () => [...told],
    clear: () => {
      told = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
