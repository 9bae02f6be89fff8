import type { Dispatcher } from "undici";
import { isRefusedLiteral, type Reach } from "./guarded-lookup.ts";
import { headerOf, type HttpResponse, type NoResponse } from "./http-response.ts";
import { SILENT_REQUESTS_LIMIT, WAITS_LIMIT_MS } from "../limits.ts";
import { Pool } from "./pool.ts";
import { ResponseReader } from "./response-reader.ts";
import { isTransient, planWait } from "./retry.ts";
import { SlidingWindow } from "./sliding-window.ts";
import type { ConnectionSurroundings } from "./surroundings.ts";
import { Traffic } from "./traffic.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** A longer body of a successful answer fails with `limit`. */
  readonly limitBytes: number;
  readonly reach: Reach;
}

/** The last answer, and how many requests were sent for it. */
interface Sent {
  readonly exchange: HttpResponse | NoResponse;
  readonly attempts: number;
}

interface HostSettings {
  readonly concurrency: number | null;
  readonly budget: { readonly requests: number; readonly seconds: number } | null;
  /** Earlier requests, which count for the budget: epoch milliseconds, oldest first. */
  readonly taken: readonly number[];
  readonly timeoutMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
}

/** How connections are opened, and why they could not be. */
interface Opening {
  readonly connect: (reach: Reach) => Dispatcher;
  /** Describes, for people, a refused certificate. `code` is Node's. */
  readonly explainCertificate: (code: string, reach: Reach) => Promise<string>;
}

const STOPPED: NoResponse = { kind: "none", code: "budget", detail: "the run was stopped" };

/** One host, with its pool, its pace and its counts, and whether it still answers. */
export class HostConnection {
  readonly origin: URL;
  readonly traffic = new Traffic();
  readonly #settings: HostSettings;
  readonly #surroundings: ConnectionSurroundings;
  readonly #open: Opening;
  readonly #dispatchers = new Map<Reach, Dispatcher>();
  readonly #inFlight = new Set<ResponseReader>();
  readonly #pool: Pool;
  readonly #window: SlidingWindow | null;
  #refusedCertificate: Promise<string> | null = null;
  #silent = 0;
  #left: NoResponse | null = null;
  #notBefore = 0;
  /** How far the host's clock is before that of the surroundings, in milliseconds. */
  #ahead: number | null = null;

  constructor(origin: URL, settings: HostSettings, surroundings: ConnectionSurroundings, open: Opening) {
    this.origin = origin;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#open = open;
    this.#pool = new Pool(settings.concurrency);
    this.#window = settings.budget === null ? null : new SlidingWindow(settings.budget, settings.taken);
  }

  /**
   * Sends a request, and retries it if that may help (GET and HEAD only). It always ends, with an answer or the reason why there is none.
   */
  async send(request: HttpRequest): Promise<Sent> {
    let waited = 0;
    for (let attempts = 0; ;) {
      const tried = await this.#try(request, attempts > 0);
      if (!tried.sent) return { exchange: tried.exchange, attempts };
      attempts++;
      const { exchange } = tried;
      if (!isTransient(exchange)) {
        this.#silent = 0;
        return { exchange, attempts };
      }
      const wait = planWait(exchange, attempts, this.#surroundings);
      if (wait.asked) this.#notBefore = Math.max(this.#notBefore, this.#surroundings.now() + wait.milliseconds);
      const last = request.method === "POST" || attempts > this.#settings.retries || this.#left !== null;
      if (last || (waited += wait.milliseconds) > WAITS_LIMIT_MS) {
        this.#noteSilence(exchange);
        return { exchange, attempts };
      }
      this.traffic.retries++;
      if (!wait.asked) await this.#sleep(wait.milliseconds);
    }
  }

  /** Why this host is not asked any more in this run, or null. */
  get left(): string | null {
    return this.#left?.detail ?? null;
  }

  /** The time that it is by the host's own clock, epoch milliseconds; null if it never said. */
  get clock(): number | null {
    return this.#ahead === null ? null : this.#surroundings.now() + this.#ahead;
  }

  /** When it was asked, if it has a budget; else null. */
  get taken(): readonly number[] | null {
    return this.#window?.taken ?? null;
  }

  /** Ends the requests under way with `budget`. */
  stop(): void {
    for (const reader of this.#inFlight) reader.stop(STOPPED);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  /** Makes one attempt within the pool. `sent` is false if no request was sent. */
  async #try(request: HttpRequest, again: boolean): Promise<{ readonly exchange: HttpResponse | NoResponse; readonly sent: boolean }> {
    const epoch = await this.#pool.enter(again);
    let outcome: "answered" | "throttled" | "failed" = "failed";
    try {
      const refused = await this.#waitForTurn(request);
      if (refused) return { exchange: refused, sent: false };
      const exchange = await this.#explain(await this.#exchange(request), request.reach);
      if (exchange.kind === "response") outcome = exchange.status === 429 || exchange.status === 503 ? "throttled" : "answered";
      if (exchange.kind === "response") this.#noteClock(exchange);
      if (outcome === "throttled") this.traffic.throttled++;
      return { exchange, sent: true };
    } finally {
      this.#pool.leave(outcome, epoch);
    }
  }

  /** Waits as long as the host or the watch list demands. Returns why not if that is too long. */
  async #waitForTurn(request: HttpRequest): Promise<NoResponse | null> {
    if (this.#surroundings.signal.aborted) return STOPPED;
    if (this.#left) return this.#left;
    if (isRefusedLiteral(this.origin.hostname, request.reach))
      return { kind: "none", code: "refused-address", detail: "an address that may not be asked" };
    const rest = this.#notBefore - this.#surroundings.now();
    if (rest > WAITS_LIMIT_MS)
      return { kind: "none", code: "throttled", detail: `${this.origin.host} asked to be left alone for ${Math.ceil(rest / 1000)} s` };
    if (rest > 0) await this.#sleep(rest);
    const wait = this.#window === null ? 0 : this.#window.take(this.#surroundings.now(), WAITS_LIMIT_MS);
    if (wait === null) return { kind: "none", code: "budget", detail: `the budget of requests for ${this.origin.host} is used up` };
    if (wait > 0) await this.#sleep(wait);
    return this.#surroundings.signal.aborted ? STOPPED : null;
  }

  /** A refused certificate is looked at once a run: every further request is refused for the same reason. */
  async #explain(exchange: HttpResponse | NoResponse, reach: Reach): Promise<HttpResponse | NoResponse> {
    if (exchange.kind !== "none" || exchange.code !== "tls" || !/^[A-Z_]+$/.test(exchange.detail)) return exchange;
    this.#refusedCertificate ??= this.#open.explainCertificate(exchange.detail, reach);
    return { ...exchange, detail: await this.#refusedCertificate };
  }

  #exchange(request: HttpRequest): Promise<HttpResponse | NoResponse> | NoResponse {
    const { now, alarm } = this.#surroundings;
    const dispatcher = this.#dispatcher(request.reach);
    if (dispatcher === null) return { kind: "none", code: "tls", detail: `the certificates for ${this.origin.host} cannot be used` };
    const startedAt = now();
    return new Promise((resolve) => {
      const reader = new ResponseReader(request.limitBytes, this.traffic, (exchange) => {
        callOff();
        this.#inFlight.delete(reader);
        this.traffic.milliseconds += Math.max(0, now() - startedAt);
        resolve(exchange);
      });
      const { timeoutMs } = this.#settings;
      const callOff = alarm(timeoutMs, () => {
        reader.stop({ kind: "none", code: "timeout", detail: `no complete answer within ${timeoutMs / 1000} s` });
      });
      this.#inFlight.add(reader);
      const { method, path, headers, body } = request;
      // `reset: false`: undici would close the connection after each HEAD.
      dispatcher.dispatch({ origin: this.origin.origin, method, path, headers, body, reset: false }, reader);
    });
  }

  /** Returns null if the configured certificates or proxy cannot be used: that concerns this host, and no other host's audit. */
  #dispatcher(reach: Reach): Dispatcher | null {
    const known = this.#dispatchers.get(reach);
    if (known) return known;
    try {
      const dispatcher = this.#open.connect(reach);
      this.#dispatchers.set(reach, dispatcher);
      return dispatcher;
    } catch {
      return null;
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    await this.#surroundings.sleep(milliseconds, this.#surroundings.signal).catch(() => undefined);
  }

  /** An answer from a cache says when it was made, and how old it is. The newest answer counts. */
  #noteClock(response: HttpResponse): void {
    const said = Date.parse(headerOf(response, "date")) + Number(headerOf(response, "age")) * 1000;
    const ahead = said - this.#surroundings.now();
    if (!Number.isNaN(ahead)) this.#ahead = Math.max(this.#ahead ?? ahead, ahead);
  }

  #noteSilence(exchange: HttpResponse | NoResponse): void {
    if (exchange.kind === "response" || (exchange.code !== "timeout" && exchange.code !== "connection")) {
      this.#silent = 0;
      return;
    }
    if (++this.#silent < SILENT_REQUESTS_LIMIT) return;
    const detail = `${this.origin.host} is left for this run after ${SILENT_REQUESTS_LIMIT} requests without an answer (${exchange.detail})`;
    this.#left ??= { kind: "none", code: exchange.code, detail };
  }
}
