import type { Challenge } from "./challenge.ts";
import type { Credential, CredentialSource } from "../credentials/credential.ts";
import type { Endpoint } from "../endpoint.ts";
import type { RegistrySettings } from "../../watchlist/watch-list.ts";
import { PullAllowance } from "../pull-allowance.ts";
import type { HostConnection } from "../transport/host-connection.ts";
import { profileOf } from "../vendors/profiles.ts";
import type { RegistryProfile } from "../vendors/registry-profile.ts";

/** What is known of one registry, shared by its repositories: how to authenticate, and what it showed so far. */
export class RegistryAccess {
  readonly endpoint: Endpoint;
  readonly connection: HostConnection;
  /** The bearer challenge of an earlier 401, with which later repositories ask for their token at once. */
  challenge: Challenge | null = null;
  /** Set after a Basic challenge, and sent with every request until it has to be renewed. */
  basic: { readonly header: string; readonly renewAt: number } | null = null;
  /** Whether an answer of this run announced the signature extension. */
  announcesSignatures = false;
  /** Whether HEAD gives no digest here, so that GET is sent at once. */
  isHeadUseless = false;
  /** Whether `n` was refused in a tag list. */
  isPageSizeRefused = false;
  /** The number of repositories in a row for which its own API gave no list. From a limit on it is not asked any more in this run. */
  apiRefusals = 0;
  /** What it still allows of the requests that its profile calls metered. */
  readonly allowance = new PullAllowance();
  /** The number of entries of the longest page of a tag list so far. A shorter page was not shortened in silence. */
  longestPage = 0;
  /** How it differs from the specification. A profile for any name is known only after the challenge. */
  profile: RegistryProfile;
  /** The token host that was asked without the existing credentials, because nothing shows that it belongs to the registry. */
  untrustedTokenHost: string | null = null;
  /** The host that the watch list allows to see the credentials, too. */
  readonly tokenHost: string | null;
  /** Whether the watch list says that it is a cache of another registry. */
  readonly isDeclaredCache: boolean | null;
  /** The origins, its own or of hosts that it redirects to, that answered with a registry's document in this run. */
  readonly #answering = new Set<string>();
  #introduction: Promise<unknown> | null = null;
  readonly #credentials: CredentialSource;
  readonly #setting: string | null;
  #credential: Promise<Credential> | null = null;
  #loaded: Credential | null = null;
  #renewAt = Infinity;

  constructor(endpoint: Endpoint, connection: HostConnection, credentials: CredentialSource, settings: RegistrySettings | undefined) {
    this.endpoint = endpoint;
    this.profile = profileOf(endpoint.registry);
    this.connection = connection;
    this.tokenHost = settings?.tokenHost ?? null;
    this.isDeclaredCache = settings?.pullThrough ?? null;
    this.#credentials = credentials;
    this.#setting = settings?.credentials ?? null;
  }

  /**
   * Exchanges a request for its answer. The first one of a run goes alone: if it is challenged, all others know what to send, and need not
   * be refused first.
   */
  async introduce<T>(exchange: () => Promise<T>): Promise<T> {
    if (this.#introduction !== null) {
      await this.#introduction;
      return exchange();
    }
    const first = exchange();
    this.#introduction = first.catch(() => null);
    return first;
  }

  /** Remembers that a registry's document came from there. */
  noteAnswer({ origin }: URL): void {
    this.#answering.add(origin);
  }

  /** Reports whether a registry's document came from there in this run, so that a 404 without a body is a registry's, too. */
  hasAnswered({ origin }: URL): boolean {
    return this.#answering.has(origin);
  }

  /** Returns the credentials, which are loaded once for all callers, and again when they end. */
  credential(now: number): Promise<Credential> {
    if (this.#credential === null || now >= this.#renewAt) {
      // Callers that come while they are loaded wait for the same answer.
      this.#renewAt = Infinity;
      this.#credential = this.#load();
    }
    return this.#credential;
  }

  async #load(): Promise<Credential> {
    const credential = await this.#credentials.load(this.endpoint.registry, this.#setting);
    this.#loaded = credential;
    if (credential.kind === "basic") this.#renewAt = credential.renewAt ?? Infinity;
    return credential;
  }

  /** As whom the registry is read, for people: `as user ci`, `anonymously: no login for ghcr.io in /home/me/.docker/config.json`. */
  describeReader(): string {
    const loaded = this.#loaded;
    if (loaded === null || loaded.kind === "unavailable") return "anonymously: it asked for no login";
    if (loaded.kind === "anonymous") return loaded.why === undefined ? "anonymously" : `anonymously: ${loaded.why}`;
    return `as ${nameOf(loaded)}`;
  }

  /** Returns who was refused, and what to write in the watch list if credentials were withheld, to end the message of a 401 or 403. */
  describeRefusal(): string {
    const { untrustedTokenHost: host, endpoint } = this;
    const loaded = this.#loaded;
    if (host === null)
      return loaded?.kind === "basic" || loaded?.kind === "identity-token"
        ? `; ${nameOf(loaded)} was refused`
        : `; it was read ${this.describeReader()}`;
    return `; its token host ${host} was not given the credentials: if it belongs to the registry, write tokenHost: "${host}" under registries: "${endpoint.registry}":`;
  }
}

/** Names a login, and nothing of its secret. Docker writes `<token>` for whoever has an identity token only. */
function nameOf({ username, kind }: Extract<Credential, { readonly username: string }>): string {
  if (kind === "identity-token" && (username === "" || username === "<token>")) return "an identity token";
  return `user ${username}`;
}
