import type { Failed } from "../answer.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { ANONYMOUS, type Credential } from "../credentials/credential.ts";
import { failWith } from "../fail.ts";
import { findReach } from "../transport/guarded-lookup.ts";
import type { HostConnections } from "../transport/host-connections.ts";
import { headerOf, type HttpResponse } from "../transport/http-response.ts";
import { profileOfChallenge } from "../vendors/profiles.ts";
import { parseRealm } from "./realm.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { fetchToken, formatBasic, type Token } from "./token-endpoint.ts";

/** The `Authorization` to send a request with (null: none), or why sending it is useless. */
type Authorization = { readonly kind: "ready"; readonly header: string | null } | Failed;

const OPEN: Authorization = { kind: "ready", header: null };

/**
 * Authenticates the requests of one scope: those of one repository, or of a list of repositories. Nothing is sent before a challenge asks for it, a token is fetched once for all requests
 * that wait for it, and a refused token is not asked for again (GitLab bans an address after 30 failures).
 */
export class RepositoryAccess {
  readonly #registry: RegistryAccess;
  readonly #connections: HostConnections;
  readonly #scope: string;
  readonly #now: () => number;
  #token: { readonly header: string; readonly renewAt: number } | null = null;
  #flight: Promise<Authorization> | null = null;
  #refusal: Authorization | null = null;

  /** `scope` is what tokens are asked for, such as `repository:acme/app:pull`. */
  constructor(registry: RegistryAccess, connections: HostConnections, scope: string, now: () => number) {
    this.#registry = registry;
    this.#connections = connections;
    this.#scope = scope;
    this.#now = now;
  }

  /** Returns the authorization of the next request, by what is known so far. */
  prepare(): Authorization | Promise<Authorization> {
    if (this.#refusal) return this.#refusal;
    const { basic } = this.#registry;
    if (basic !== null) return this.#now() < basic.renewAt ? { kind: "ready", header: basic.header } : this.#renewBasic();
    if (this.#token !== null && this.#now() < this.#token.renewAt) return { kind: "ready", header: this.#token.header };
    return this.#registry.challenge === null ? OPEN : this.#fetch(this.#registry.challenge, this.#firstScope(this.#registry.challenge));
  }

  /** Answers the challenge of a response to a request that was sent with `used`. Null if there is nothing new to answer. */
  async renew(response: HttpResponse, used: string | null): Promise<Authorization | null> {
    const challenges = parseChallenges(headerOf(response, "www-authenticate"));
    const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm"));
    if (bearer) return this.#renewToken(bearer, used);
    if (!challenges.some(({ scheme }) => scheme === "basic") || used?.startsWith("Basic ")) return null;
    const authorization = await this.#renewBasic();
    return authorization === OPEN ? null : authorization;
  }

  async #renewBasic(): Promise<Authorization> {
    const credential = await this.#registry.credential(this.#now());
    if (credential.kind === "unavailable") return this.#refuse(credential.detail);
    if (credential.kind === "anonymous") return OPEN;
    const header = formatBasic(credential.username, credential.kind === "basic" ? credential.password : credential.token);
    this.#registry.basic = { header, renewAt: (credential.kind === "basic" ? credential.renewAt : undefined) ?? Infinity };
    return { kind: "ready", header };
  }

  #renewToken(bearer: Challenge, used: string | null): Promise<Authorization> | Authorization {
    this.#registry.challenge = bearer;
    const [service, realm] = ["service", "realm"].map((name) => bearer.parameters.get(name) ?? "") as [string, string];
    this.#registry.profile = { ...this.#registry.profile, ...profileOfChallenge(service, realm) };
    // Another request renewed it while this one was under way.
    if (this.#token !== null && this.#token.header !== used) return { kind: "ready", header: this.#token.header };
    this.#token = null;
    const exact = bearer.parameters.get("scope");
    const isShort = bearer.parameters.get("error") === "insufficient_scope" && exact !== undefined;
    return this.#fetch(bearer, isShort ? exact : this.#firstScope(bearer));
  }

  /** Never asks for more than this scope. An issuer with scopes of its own (ECR Public: `aws`) gets those. */
  #firstScope(bearer: Challenge): string {
    const scope = bearer.parameters.get("scope") ?? "";
    return scope === "" || /^(?:repository|registry):/.test(scope) ? this.#scope : scope;
  }

  #fetch(bearer: Challenge, scope: string): Promise<Authorization> {
    this.#flight ??= this.#fetchToken(bearer, scope).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #fetchToken(bearer: Challenge, scope: string): Promise<Authorization> {
    const { endpoint, tokenHost } = this.#registry;
    const realm = parseRealm(bearer.parameters.get("realm") ?? "", endpoint, tokenHost);
    if (realm.kind === "refused") return this.#refuse(realm.detail);
    const credential: Credential = await this.#registry.credential(this.#now());
    if (credential.kind === "unavailable") return this.#refuse(credential.detail);
    if (realm.kind === "anonymous" && credential.kind !== "anonymous") this.#registry.untrustedTokenHost = realm.url.host;
    const isNamed = realm.url.hostname === endpoint.hostname || realm.url.host === tokenHost;
    const answer = await fetchToken({
      connection: this.#connections.foreign(realm.url),
      url: realm.url,
      reach: isNamed ? "anywhere" : await findReach(endpoint.hostname),
      service: bearer.parameters.get("service") ?? null,
      scope,
      credential: realm.kind === "trusted" ? credential : ANONYMOUS,
      now: this.#now(),
    });
    if (answer.kind === "token") return this.#keep(answer.token);
    const { status } = answer.failure;
    if (status !== 401 && status !== 403) return answer;
    const failure = { ...answer.failure, detail: answer.failure.detail + this.#registry.describeRefusal() };
    return (this.#refusal = { kind: "failed", failure });
  }

  #keep(token: Token): Authorization {
    this.#token = { header: `Bearer ${token.token}`, renewAt: token.renewAt };
    return { kind: "ready", header: this.#token.header };
  }

  #refuse(detail: string): Authorization {
    return (this.#refusal = failWith("unauthorized", `authenticate at ${this.#registry.endpoint.host}`, detail, 401, 0));
  }
}
