import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AccessControl } from "./access-control.ts";
import { answerBlob, answerManifest, answerStorage } from "./answer-content.ts";
import { answerCatalog } from "./answer-catalog.ts";
import { answerManifestPush, answerUpload, PUSH_LIMIT_BYTES, type Uploads } from "./answer-push.ts";
import { answerReferrers } from "./answer-referrers.ts";
import { answerTags } from "./answer-tags.ts";
import { FAULTS, fitsCondition, type FaultEffect, type FaultRule } from "./fault.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { DEFAULT_REGISTRY_OPTIONS, type RegistryOptions } from "./registry-options.ts";
import { parseRequest, RequestLog, type RegistryRequest } from "./registry-request.ts";
import { RegistryStore } from "./registry-store.ts";
import { newErrorReply, newJsonReply, PAGE_NOT_FOUND, type RegistryReply } from "./registry-reply.ts";
import { sendReply } from "./send-reply.ts";

// An import would read every export of node:http, and one of them loads Node's own copy of undici, which would slow down each self-check.
const { createServer } = process.getBuiltinModule("node:http");

/** An OCI registry on loopback that speaks real HTTP, records its requests, and fails on demand. */
export interface ControlRegistry {
  /** `127.0.0.1:PORT`: the registry part of a reference. */
  readonly host: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly store: RegistryStore;
  readonly requests: RequestLog;
  readonly options: RegistryOptions;
  setOptions(options: Partial<RegistryOptions>): void;
  /** Replaces all fault rules. The first rule that matches a request (and has times left) applies; null or an empty list removes all. */
  setFault(rules: FaultRule | readonly FaultRule[] | null): void;
  /** Answers a GET or HEAD that another server received, as if it had been sent here. */
  serve(message: IncomingMessage, response: ServerResponse): void;
  /** Stops listening and cuts every connection, even a hanging one. */
  close(): Promise<void>;
}

/** Starts a control registry on a free port of 127.0.0.1, empty or with the given content. */
export async function startRegistry(options: Partial<RegistryOptions> & { readonly store?: RegistryStore } = {}): Promise<ControlRegistry> {
  const { store, ...given } = options;
  const registry = new RunningRegistry(store ?? new RegistryStore(), { ...DEFAULT_REGISTRY_OPTIONS, ...given });
  await registry.listen();
  return registry;
}

const PING = newJsonReply(200, {});
const NAME_UNKNOWN = newErrorReply(404, "NAME_UNKNOWN", "repository name not known to registry");
const TOO_MANY_REQUESTS = newErrorReply(429, "TOOMANYREQUESTS", "too many requests", { "retry-after": "1" });
/** Longer than any test, because a connection that a client keeps must not close under its next request. */
const KEEP_ALIVE_MS = 120_000;

class RunningRegistry implements ControlRegistry {
  readonly store: RegistryStore;
  readonly requests = new RequestLog();
  options: RegistryOptions;
  host = "";
  readonly #server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => this.serve(message, response));
  readonly #access = new AccessControl();
  readonly #uploads: Uploads = new Map();
  readonly #rate = new RateLimiter();
  #faults: { rule: FaultRule; left: number }[] = [];

  constructor(store: RegistryStore, options: RegistryOptions) {
    this.store = store;
    this.options = options;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        this.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
        resolve();
      });
    });
  }

  setOptions(options: Partial<RegistryOptions>): void {
    this.options = { ...this.options, ...options };
  }

  setFault(rules: FaultRule | readonly FaultRule[] | null): void {
    const list = rules === null ? [] : "fault" in rules ? [rules] : rules;
    this.#faults = list.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  }

  serve(message: IncomingMessage, response: ServerResponse): void {
    this.#serve(message, response).catch(() => response.destroy());
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = parseRequest(message);
    this.requests.add(request);
    const body = request.method === "GET" || request.method === "HEAD" ? null : await readBody(message);
    if (this.options.onRequest) await this.options.onRequest(request);
    if (this.options.latencyMs > 0) await sleep(this.options.latencyMs);
    const refused = this.#refuse(message, request);
    const fault: FaultEffect | null = refused ? null : this.#nextFault(request);
    const answer = (): RegistryReply => this.#answer(message, request, body);
    const reply = refused ?? (fault?.reply ? fault.reply(answer, request) : answer());
    const wire = fault?.wire ?? null;
    request.status = wire === "reset" || wire === "hang" ? null : reply.status;
    sendReply(response, reply, request.method, wire);
  }

  #refuse(message: IncomingMessage, request: RegistryRequest): RegistryReply | null {
    const { rateLimit } = this.options;
    if (rateLimit !== null && !this.#rate.admits(rateLimit, performance.now())) return TOO_MANY_REQUESTS;
    return this.#access.refuse(message, request, this.options, this.host);
  }

  #nextFault(request: RegistryRequest): FaultEffect | null {
    const next = this.#faults.find(({ rule, left }) => left > 0 && fitsCondition(rule.when, request));
    if (!next) return null;
    next.left--;
    return FAULTS[next.rule.fault];
  }

  #answer(message: IncomingMessage, request: RegistryRequest, body: Buffer | null): RegistryReply {
    if (request.kind === "ping") return PING;
    if (request.kind === "token") return this.#access.answerToken(message, request, this.options);
    if (request.kind === "catalog") return answerCatalog(this.store, request, this.options);
    if (request.kind === "storage") return answerStorage(this.store, request);
    if (request.repository === null || request.kind === "other") return PAGE_NOT_FOUND;
    if (request.kind === "upload") return answerUpload(this.store, this.#uploads, request, body ?? Buffer.alloc(0));
    const repository = this.store.repository(request.repository);
    if (request.kind === "referrers") return answerReferrers(repository, request, this.options);
    if (body && request.method === "PUT" && request.kind !== "blob" && request.kind !== "tags") {
      return answerManifestPush(this.store, request, body, message.headers["content-type"] ?? "", this.options);
    }
    if (!repository) return NAME_UNKNOWN;
    if (request.kind === "tags") return answerTags(repository, request, this.options);
    return request.kind === "blob" ? answerBlob(repository, request, this.options) : answerManifest(repository, request);
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > PUSH_LIMIT_BYTES) throw new Error("a push past its limit");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
