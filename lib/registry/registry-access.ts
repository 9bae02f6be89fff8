import type { Challenge } from "./challenge.ts";
import type { Credential, CredentialSource } from "./credentials/credential.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HostConnection } from "./host-connection.ts";

/** A registry that refused us for good in this run. */
export interface RefusedHost {
  readonly host: string;
  /** 401 or 403. */
  readonly status: number;
}

/** What is known about one registry, shared by its repositories: how to authenticate, and what it already showed. */
export class RegistryAccess {
  readonly endpoint: Endpoint;
  readonly connection: HostConnection;
  /** The bearer challenge of an earlier 401: later repositories ask for their token at once. */
  challenge: Challenge | null = null;
  /** Set after a Basic challenge: sent with every request from then on. */
  basic: string | null = null;
  refused: RefusedHost | null = null;
  /** Whether it answered with a document of a registry in this run. */
  answersAsRegistry = false;
  /** Whether HEAD gives no digest here, so that GET is sent at once. */
  isHeadUseless = false;
  /** Whether `n` was refused in a tag list. */
  isPageSizeRefused = false;
  /** Whether its challenge names Harbor's token service: its not-found documents are its own. */
  isHarbor = false;
  readonly #credentials: CredentialSource;
  readonly #setting: string | null;
  #credential: Promise<Credential> | null = null;

  constructor(endpoint: Endpoint, connection: HostConnection, credentials: CredentialSource, setting: string | null) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.#credentials = credentials;
    this.#setting = setting;
  }

  /** The credentials of this registry, looked up once. */
  credential(): Promise<Credential> {
    return (this.#credential ??= this.#credentials.load(this.endpoint.registry, this.#setting));
  }

  /** Remembers the first final 401 or 403. */
  noteRefusal(status: number): void {
    if (status === 401 || status === 403) this.refused ??= { host: this.endpoint.registry, status };
  }
}
