import type { Challenge } from "./challenge.ts";
import type { Credential, CredentialSource } from "../credentials/credential.ts";
import type { Endpoint } from "../endpoint.ts";
import type { RegistrySettings } from "../../watchlist/watch-list.ts";
import type { HostConnection } from "../transport/host-connection.ts";
import { profileOf } from "../vendors/profiles.ts";
import type { RegistryProfile } from "../vendors/registry-profile.ts";

/** What is known about one registry, shared by its repositories: how to authenticate, and what it already showed. */
export class RegistryAccess {
  readonly endpoint: Endpoint;
  readonly connection: HostConnection;
  /** The bearer challenge of an earlier 401: later repositories ask for their token at once. */
  challenge: Challenge | null = null;
  /** Set after a Basic challenge: sent with every request from then on, until it has to be renewed. */
  basic: { readonly header: string; readonly renewAt: number } | null = null;
  /** Whether it answered with a document of a registry in this run. */
  answersAsRegistry = false;
  /** Whether HEAD gives no digest here, so that GET is sent at once. */
  isHeadUseless = false;
  /** Whether `n` was refused in a tag list. */
  isPageSizeRefused = false;
  /** What it does otherwise than the specification. A registry that any name may stand for is known from its challenge on. */
  profile: RegistryProfile;
  /** The token host that was asked without the credentials that are there, because nothing shows that it belongs to the registry. */
  untrustedTokenHost: string | null = null;
  /** The host that the watch list names to see the credentials too. */
  readonly tokenHost: string | null;
  readonly #credentials: CredentialSource;
  readonly #setting: string | null;
  #credential: Promise<Credential> | null = null;
  #renewAt = Infinity;

  constructor(endpoint: Endpoint, connection: HostConnection, credentials: CredentialSource, settings: RegistrySettings | undefined) {
    this.endpoint = endpoint;
    this.profile = profileOf(endpoint.registry);
    this.connection = connection;
    this.tokenHost = settings?.tokenHost ?? null;
    this.#credentials = credentials;
    this.#setting = settings?.credentials ?? null;
  }

  /** The credentials of this registry, looked up once for all who wait for them, and again when they end. */
  credential(now: number): Promise<Credential> {
    if (this.#credential === null || now >= this.#renewAt) {
      // Whoever comes while they are looked up waits for the same answer.
      this.#renewAt = Infinity;
      this.#credential = this.#load();
    }
    return this.#credential;
  }

  async #load(): Promise<Credential> {
    const credential = await this.#credentials.load(this.endpoint.registry, this.#setting);
    if (credential.kind === "basic") this.#renewAt = credential.renewAt ?? Infinity;
    return credential;
  }

  /** What to write in the watch list, for the end of a final 401 or 403; empty unless credentials were kept from the token host. */
  remedy(): string {
    const { untrustedTokenHost: host, endpoint } = this;
    if (host === null) return "";
    return `; its token host ${host} was not given the credentials: if it belongs to the registry, write tokenHost: "${host}" under registries: "${endpoint.registry}":`;
  }
}
