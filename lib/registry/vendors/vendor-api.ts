import type { Failed } from "../answer.ts";
import type { EcrLists } from "../credentials/ecr-lists.ts";
import type { BulkList } from "../repository-client.ts";

/** A user name with its password or token, as the registry itself would get them. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A login that is sent in headers; null if this login is of no use for the API, which is then asked without one. */
export interface HeaderLogin {
  readonly kind: "headers";
  readonly headersOf: (login: Login) => Readonly<Record<string, string>> | null;
}

/** How a login is sent to an API. Without one, nothing is sent. */
export type ApiLogin =
  /** By a token of this scope, from the token service that the registry's challenge names. Only for the registry's own address. */
  | { readonly kind: "scope"; readonly scope: string }
  | HeaderLogin
  /** By a token that this path of the same host gives for the login, as a JSON document. */
  | { readonly kind: "exchange"; readonly path: string; readonly bodyOf: (login: Login) => object };

/** One question to the API of a registry. */
export interface ApiQuestion {
  /** The address of the API (`https://hub.docker.com`), which only a profile names; null for the registry's own. */
  readonly origin: string | null;
  readonly login: ApiLogin;
  /** Path and query. */
  readonly path: string;
  /** Sent by POST as JSON; absent for GET. */
  readonly body?: object;
}

/** A JSON document that the API answered with 200, whatever its label. Its members are not checked. */
export interface ApiDocument {
  readonly kind: "document";
  readonly value: unknown;
  /** Returns a header by its lower-case name, or empty text. */
  readonly header: (name: string) => string;
}

/**
 * What a profile asks the API of its registry through. It never throws for what the API does. Bodies, waits and retries are bounded, and
 * credentials go only where the question's login sends them. A failure has the status that was answered, or null.
 */
export interface VendorApi {
  /** The registry's name, as people write it. */
  readonly registry: string;
  ask(question: ApiQuestion): Promise<ApiDocument | Failed>;
  /** Reports whether there is a login that can be sent in these headers. */
  canSend(login: HeaderLogin): Promise<boolean>;
  /** Returns a failure for what was not asked, as if the registry had answered so, with the reason in words. */
  refuse(status: 401 | 405, why: string): Failed;
  /** Finds out something once for all repositories of the registry; `name` tells it from what else is found out. */
  once<T>(name: string, find: () => Promise<T>): Promise<T>;
  /** The address of the token service that the registry's challenge named, if it may see the credentials; else null. */
  tokenService(): URL | null;
  /** The lists of Amazon ECR for the identity that logs in there; null if AWS did not give the login. */
  ecr(): Promise<EcrLists | null>;
}

/** What an API told of a repository. */
export interface BulkTags extends BulkList {
  readonly kind: "listed";
  /** All tags, companion tags included; null if this API does not list all. */
  readonly tags: ReadonlySet<string> | null;
  /** The number of requests that it took. */
  readonly pages: number;
}

/** The answer for a repository; null if the API of this registry is not there to be asked. */
export type BulkAnswer = BulkTags | Failed | null;

/** Paths that an API listed, as far as it came, and why it came no further. */
export interface ListedPaths {
  readonly paths: readonly string[];
  readonly failure: Failed["failure"] | null;
}
