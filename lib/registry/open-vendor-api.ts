import { parseJson } from "../oci/parse-json.ts";
import type { Failed } from "./answer.ts";
import type { AwsPort } from "./credentials/aws-port.ts";
import type { Credential } from "./credentials/credential.ts";
import { openEcrLists, type EcrLists } from "./credentials/ecr-lists.ts";
import { codeOfStatus, failFor, failWith } from "./fail.ts";
import { API_PAGE_LIMIT_BYTES, TOKEN_LIMIT_BYTES } from "./limits.ts";
import { parseRealm } from "./login/realm.ts";
import type { RegistryAccess } from "./login/registry-access.ts";
import { RepositoryAccess } from "./login/repository-access.ts";
import { parseToken, type Token } from "./login/token-endpoint.ts";
import type { RequestBudget } from "./request-budget.ts";
import { findReach } from "./transport/guarded-lookup.ts";
import type { HostConnections } from "./transport/host-connections.ts";
import { headerOf, type HttpResponse } from "./transport/http-response.ts";
import type { ApiDocument, ApiLogin, ApiQuestion, HeaderLogin, Login, VendorApi } from "./vendors/vendor-api.ts";

/** What the API of a registry is asked with. */
interface VendorApiSurroundings {
  readonly connections: HostConnections;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Null where nothing can ask AWS. */
  readonly aws: AwsPort | null;
}

/**
 * Opens the API of a registry: its pools, limits, retries and counts are those of all requests. It follows no redirect. The returned
 * function gives the API to one asker. Tokens, and what the registry is asked once, are shared.
 */
export function openVendorApi(registry: RegistryAccess, surroundings: VendorApiSurroundings): (asker: ApiAsker) => VendorApi {
  const shared = new SharedAnswers();
  return ({ budget, scope, access }) => {
    if (scope !== undefined && access !== undefined) shared.scopes.set(scope, access);
    return new HttpVendorApi(registry, surroundings, shared, budget);
  };
}

/** Whose questions are sent. */
interface ApiAsker {
  /** What they are counted for. Once it is spent, they fail with `budget`. */
  readonly budget: RequestBudget;
  /** The tokens of a repository, which also serve for its questions of the same scope. */
  readonly scope?: string;
  readonly access?: RepositoryAccess;
}

/** What is asked once for all repositories of a registry. */
class SharedAnswers {
  readonly scopes = new Map<string, RepositoryAccess>();
  readonly tokens = new Map<string, Promise<TokenAnswer>>();
  readonly remembered = new Map<string, Promise<unknown>>();
}

type TokenAnswer = { readonly kind: "token"; readonly token: Token } | Failed;
type Headers = Readonly<Record<string, string>>;
type Exchange = Extract<ApiLogin, { readonly kind: "exchange" }>;
type Exchanged = { readonly kind: "response"; readonly response: HttpResponse } | Failed;

const COMMON: Headers = { accept: "application/json", "accept-encoding": "identity", "user-agent": "sealwatch" };

class HttpVendorApi implements VendorApi {
  readonly registry: string;
  readonly #access: RegistryAccess;
  readonly #with: VendorApiSurroundings;
  readonly #shared: SharedAnswers;
  readonly #budget: RequestBudget;

  constructor(access: RegistryAccess, surroundings: VendorApiSurroundings, shared: SharedAnswers, budget: RequestBudget) {
    this.registry = access.endpoint.registry;
    this.#access = access;
    this.#with = surroundings;
    this.#shared = shared;
    this.#budget = budget;
  }

  async ask(question: ApiQuestion): Promise<ApiDocument | Failed> {
    const { login } = question;
    const operation = this.#describe(question);
    const exchanged = login.kind === "scope" ? await this.#askByScope(question, login.scope) : await this.#askByHeaders(question, login);
    if (exchanged.kind === "failed") return exchanged;
    const { response } = exchanged;
    if (codeOfStatus(response.status) !== null) return failFor(response, operation, 1);
    const parsed = parseJson(response.body);
    if (parsed.kind === "malformed") return failWith("invalid-json", operation, `200, but ${parsed.detail}`, 200, 1);
    return { kind: "document", value: parsed.value, header: (name) => headerOf(response, name) };
  }

  tokenService(): URL | null {
    const { challenge, endpoint, tokenHost } = this.#access;
    const realm = parseRealm(challenge?.parameters.get("realm") ?? "", endpoint, tokenHost);
    return challenge !== null && realm.kind === "trusted" ? realm.url : null;
  }

  async canSend({ headersOf }: HeaderLogin): Promise<boolean> {
    const login = loginOf(await this.#access.credential(this.#with.now()));
    return login !== null && headersOf(login) !== null;
  }

  refuse(status: 401 | 405, why: string): Failed {
    return failWith(status === 401 ? "unauthorized" : "unexpected-status", `ask the API of ${this.registry}`, why, status, 0);
  }

  once<T>(name: string, find: () => Promise<T>): Promise<T> {
    const known = this.#shared.remembered.get(name) as Promise<T> | undefined;
    if (known) return known;
    const found = find();
    this.#shared.remembered.set(name, found);
    return found;
  }

  async ecr(): Promise<EcrLists | null> {
    const { aws, now } = this.#with;
    const credential = await this.#access.credential(now());
    if (aws === null || credential.kind !== "basic" || credential.aws === undefined) return null;
    const { role } = credential.aws;
    return this.once("the lists of ECR", () => Promise.resolve(openEcrLists(this.registry, role, { aws, now })));
  }

  /** Answers the registry's challenge once, as its repositories do. Its tokens go to the registry only. */
  async #askByScope(asked: ApiQuestion, scope: string): Promise<Exchanged> {
    const question: ApiQuestion = { ...asked, origin: null };
    const { connections, now } = this.#with;
    const access = this.#shared.scopes.get(scope) ?? new RepositoryAccess(this.#access, connections, scope, now);
    this.#shared.scopes.set(scope, access);
    const authorization = await access.prepare();
    if (authorization.kind === "failed") return authorization;
    const first = await this.#send(question, headerFor(authorization.header));
    if (first.kind === "failed" || first.response.status !== 401) return first;
    const renewed = await access.renew(first.response, authorization.header);
    if (renewed === null || renewed.kind === "failed") return renewed ?? first;
    return this.#send(question, headerFor(renewed.header));
  }

  async #askByHeaders(question: ApiQuestion, login: Exclude<ApiLogin, { readonly kind: "scope" }>): Promise<Exchanged> {
    const credential = await this.#access.credential(this.#with.now());
    if (credential.kind === "unavailable") return failWith("unauthorized", this.#describe(question), credential.detail, null, 0);
    const given = loginOf(credential);
    if (given === null) return this.#send(question, {});
    if (login.kind === "headers") return this.#send(question, login.headersOf(given) ?? {});
    const answer = await this.#tokenFor(question, login, given);
    return answer.kind === "failed" ? answer : this.#send(question, headerFor(`Bearer ${answer.token.token}`));
  }

  /** Asks for a token once for all that wait for it, and again when it ends. A login that was refused is not sent again. */
  async #tokenFor(question: ApiQuestion, login: Exchange, given: Login): Promise<TokenAnswer> {
    const { tokens } = this.#shared;
    const name = `${question.origin} ${login.path}`;
    for (let asked = tokens.get(name); asked !== undefined;) {
      const known = await asked;
      if (known.kind === "failed" || this.#with.now() < known.token.renewAt) return known;
      // Another caller may have asked again meanwhile.
      const latest = tokens.get(name);
      asked = latest === asked ? undefined : latest;
    }
    const asked = this.#askForToken({ ...question, path: login.path, body: login.bodyOf(given) });
    tokens.set(name, asked);
    const answer = await asked;
    if (answer.kind === "failed" && answer.failure.code !== "unauthorized" && answer.failure.code !== "forbidden") tokens.delete(name);
    return answer;
  }

  async #askForToken(question: ApiQuestion): Promise<TokenAnswer> {
    const exchanged = await this.#send(question, {}, TOKEN_LIMIT_BYTES);
    if (exchanged.kind === "failed") return exchanged;
    const { response } = exchanged;
    if (codeOfStatus(response.status) !== null) return failFor(response, this.#describe(question), 1);
    const token = parseToken(response.body, this.#with.now());
    return token === null
      ? failWith("unexpected-content", this.#describe(question), "200, but no token", 200, 1)
      : { kind: "token", token };
  }

  async #send(question: ApiQuestion, headers: Headers, limitBytes = API_PAGE_LIMIT_BYTES): Promise<Exchanged> {
    const budget = this.#budget;
    const { connection, endpoint } = this.#access;
    if (budget.spent() >= 1) return failWith("budget", this.#describe(question), budget.describe(), null, 0);
    const isOwn = question.origin === null || question.origin === endpoint.origin;
    const body = question.body === undefined ? null : JSON.stringify(question.body);
    const { exchange, attempts } = await (isOwn ? connection : this.#with.connections.foreign(new URL(question.origin))).send({
      method: body === null ? "GET" : "POST",
      path: question.path,
      headers: { ...COMMON, ...(body !== null && { "content-type": "application/json" }), ...headers },
      body,
      limitBytes,
      reach: isOwn ? "anywhere" : await findReach(endpoint.hostname),
    });
    budget.count(attempts);
    return exchange.kind === "none" ? failFor(exchange, this.#describe(question), attempts) : { kind: "response", response: exchange };
  }

  #describe({ origin, path, body }: ApiQuestion): string {
    const host = origin === null ? this.#access.endpoint.host : new URL(origin).host;
    return `${body === undefined ? "GET" : "POST"} ${path.split("?", 1)[0]} of ${host}`;
  }
}

/** An identity token is sent as a password. */
function loginOf(credential: Credential): Login | null {
  if (credential.kind === "basic") return { username: credential.username, password: credential.password };
  return credential.kind === "identity-token" ? { username: credential.username, password: credential.token } : null;
}

function headerFor(authorization: string | null): Headers {
  return authorization === null ? {} : { authorization };
}
