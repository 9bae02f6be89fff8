import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { RegistryClientOptions } from "../../lib/registry/registry-clients.ts";
import { makeTlsCertificate } from "../registry/make-tls-certificate.ts";
import type { SeenRequest } from "../registry/start-server.ts";

/** A request, with the host that it was sent to. */
export interface CloudRequest extends SeenRequest {
  readonly host: string;
  /** As it arrived; its body is read. */
  readonly message: IncomingMessage;
}

export type CloudAnswer = (request: CloudRequest, response: ServerResponse) => void;

/** Hosts of the internet as they are called there, imitated on this machine. */
export interface Cloud {
  readonly seen: CloudRequest[];
  /** What makes clients reach it: a proxy, and the authority of its certificates. */
  readonly options: Pick<RegistryClientOptions, "proxies" | "extraAuthorities">;
  /** Requests so far as `METHOD host/path`, without their queries. */
  readonly asked: () => string[];
  readonly close: () => void;
}

/** Longer than any test: a connection that a client keeps must not close under its next request. */
const KEEP_ALIVE_MS = 120_000;

/** Opens one server for all hosts, over TLS and behind a proxy. */
export async function openCloud(answers: Readonly<Record<string, CloudAnswer>>): Promise<Cloud> {
  const seen: CloudRequest[] = [];
  const own = makeTlsCertificate("cloud", Object.keys(answers));
  const server = createServer({ cert: own.certificate, key: own.key, keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const { method = "", url = "", headers } = message;
      const request = { host: headers.host ?? "", method, url, headers, body: Buffer.concat(chunks).toString(), message };
      seen.push(request);
      answers[request.host]?.(request, response);
    });
  });
  const sockets = new Set<Socket>();
  const proxy = createHttpServer().on("connect", (_request, socket: Socket) => {
    const onward = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => end.destroy());
      end.on("close", () => sockets.delete(end));
    }
  });
  for (const one of [server, proxy]) await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return {
    seen,
    options: {
      proxies: { httpsProxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, noProxy: null },
      extraAuthorities: own.certificate,
    },
    asked: () => seen.map(({ method, host, url }) => `${method} ${host}${url.split("?", 1)[0]}`),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      proxy.close();
    },
  };
}
