import type { Failed } from "./answer.ts";
import { parseChallenges } from "./login/challenge.ts";
import { addAttempts, failFor, failWith } from "./fail.ts";
import type { HostConnections } from "./transport/host-connections.ts";
import { bytesOf, headerOf, type HttpResponse } from "./transport/http-response.ts";
import type { RegistryAccess } from "./login/registry-access.ts";
import type { RepositoryAccess } from "./login/repository-access.ts";
import type { RequestBudget } from "./request-budget.ts";
import type { Repository } from "../oci/reference.ts";

/** A request below `/v2/<name>/`, or another root. */
export interface Question {
  readonly method: "GET" | "HEAD";
  /** The path after the repository: `manifests/v1`, `tags/list?n=1000`. It consists of parsed tags and digests only. */
  readonly path: string;
  /** What stands before the name of the repository; `/v2/` if absent. */
  readonly root?: string;
  readonly accept: string;
  readonly limitBytes: number;
}

/** An answer of any status, after authentication and retries, or why there is none. */
type SessionReply = { readonly kind: "response"; readonly response: HttpResponse; readonly attempts: number } | Failed;

/** One for a token that expired on the way, one for a token without the scope. More renewals would be a loop. */
const RENEWALS_LIMIT = 2;

/** One repository, read with one set of credentials. What it showed so far decides what a 404 means. */
export class Session {
  readonly repository: Repository;
  readonly registry: RegistryAccess;
  readonly connections: HostConnections;
  /** Hosts that the watch list allows answers to come from, whatever their addresses. */
  readonly redirects: readonly string[];
  readonly budget: RequestBudget;
  /** Whether this repository answered something positive in this run. */
  isShown = false;
  /** The one request for its tag list, sent if a 404 comes before any positive answer. */
  shown: Promise<void> | null = null;
  readonly #access: RepositoryAccess;

  constructor(
    repository: Repository,
    registry: RegistryAccess,
    access: RepositoryAccess,
    connections: HostConnections,
    redirects: readonly string[],
    budget: RequestBudget,
  ) {
    this.repository = repository;
    this.registry = registry;
    this.connections = connections;
    this.redirects = redirects;
    this.budget = budget;
    this.#access = access;
  }

  /** `GET manifests/v1 of ghcr.io/acme/app`: how failures begin. */
  formatOperation({ method, path }: Pick<Question, "method" | "path">): string {
    return `${method} ${path} of ${this.repository.name}`;
  }

  /** Returns the address at which the registry itself is asked a question. */
  urlOf({ path, root = "/v2/" }: Pick<Question, "path" | "root">): URL {
    return new URL(`${root}${this.repository.path}/${path}`, this.registry.endpoint.origin);
  }

  /** Sends a question, answers challenges, and retries if that may help. It never follows a redirect. */
  async ask(question: Question): Promise<SessionReply> {
    const operation = this.formatOperation(question);
    if (this.budget.spent() >= 1) return failWith("budget", operation, this.budget.describe(), null, 0);
    const { profile, allowance } = this.registry;
    if (profile.isMetered === undefined) return this.registry.introduce(() => this.#ask(question, operation));
    const isMetered = profile.isMetered(question);
    let taken = isMetered ? allowance.take() : null;
    if (taken === "unknown") {
      await allowance.learn(() => this.ask({ ...question, method: "HEAD", limitBytes: 0 }));
      taken = allowance.take();
    }
    if (taken === "spent") return failWith("budget", operation, allowance.describe(), null, 0);
    const reply = await this.registry.introduce(() => this.#ask(question, operation));
    if (taken === "taken") allowance.end();
    if (reply.kind === "response") allowance.note(reply.response);
    return reply;
  }

  async #ask(question: Question, operation: string): Promise<SessionReply> {
    let attempts = 0;
    let authorization = await this.#access.prepare();
    for (let renewals = 0; ; renewals++) {
      if (authorization.kind === "failed") return addAttempts(authorization, attempts);
      const sent = await this.#send(question, authorization.header);
      attempts += sent.attempts;
      const { exchange } = sent;
      this.budget.count(sent.attempts, bytesOf(exchange));
      if (exchange.kind === "none") return failFor(exchange, operation, attempts);
      if (headerOf(exchange, "x-registry-supports-signatures") === "1") this.registry.announcesSignatures = true;
      const reply: SessionReply = { kind: "response", response: exchange, attempts };
      if (exchange.status !== 401 && exchange.status !== 403) return reply;
      const renewed = mayRenew(exchange, renewals) ? await this.#access.renew(exchange, authorization.header) : null;
      if (renewed === null) {
        const { failure } = failFor(exchange, operation, attempts);
        return { kind: "failed", failure: { ...failure, detail: failure.detail + this.registry.describeRefusal() } };
      }
      authorization = renewed;
    }
  }

  /** Returns the `Authorization` for a redirect that stays on the registry's own origin. */
  async authorization(): Promise<string | null> {
    const authorization = await this.#access.prepare();
    return authorization.kind === "ready" ? authorization.header : null;
  }

  /** Remembers that this repository was shown, by the registry itself or by a host that it redirected to. */
  noteShown(from: URL): void {
    this.isShown = true;
    this.registry.noteAnswer(from);
  }

  #send(question: Question, authorization: string | null) {
    const { method, accept, limitBytes } = question;
    const headers: Record<string, string> = { accept, "accept-encoding": "identity", "user-agent": "sealwatch" };
    if (authorization !== null) headers["authorization"] = authorization;
    const { pathname, search } = this.urlOf(question);
    return this.registry.connection.send({ method, path: pathname + search, headers, body: null, limitBytes, reach: "anywhere" });
  }
}

/** A first 401 may always be renewed; a later 401, and a 403, only if the challenge says that this helps. */
function mayRenew(response: HttpResponse, renewals: number): boolean {
  if (renewals >= RENEWALS_LIMIT) return false;
  if (response.status === 401 && renewals === 0) return true;
  const curable = response.status === 401 ? ["invalid_token", "insufficient_scope"] : ["insufficient_scope"];
  return parseChallenges(headerOf(response, "www-authenticate")).some(({ parameters }) => curable.includes(parameters.get("error") ?? ""));
}
