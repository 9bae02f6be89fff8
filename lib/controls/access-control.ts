import type { IncomingMessage } from "node:http";
import type { BearerAuth, RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import { newErrorReply, newJsonReply, type RegistryReply } from "./registry-reply.ts";

interface IssuedToken {
  /** Granted as `<repository>:<action>`. */
  readonly granted: ReadonlySet<string>;
  /** Measured by `performance.now()`. */
  readonly expiresAt: number;
}

/** AccessControl decides who may ask for what, by challenges and the token endpoint of bearer authentication. */
export class AccessControl {
  readonly #tokens = new Map<string, IssuedToken>();

  /** Returns a 401 with a challenge, or null if the request may be answered. */
  refuse(message: IncomingMessage, request: RegistryRequest, options: RegistryOptions, host: string): RegistryReply | null {
    const { auth } = options;
    if (auth.kind === "none" || request.kind === "token" || request.kind === "storage") return null;
    const authorization = message.headers.authorization;
    if (auth.kind === "basic") return isBasic(authorization, auth) ? null : this.challenge(request, options, host);
    const token = /^Bearer (?<token>\S+)$/i.exec(authorization ?? "")?.groups?.["token"];
    if (token === undefined) return this.challenge(request, options, host);
    const known = this.#tokens.get(token);
    if (!known || known.expiresAt <= performance.now()) return this.challenge(request, options, host, "invalid_token");
    const needed = request.repository === null ? null : `${request.repository}:${actionOf(request)}`;
    return needed === null || known.granted.has(needed) ? null : this.challenge(request, options, host, "insufficient_scope");
  }

  /** Returns the 401 that says how to authenticate for this request. */
  challenge(request: RegistryRequest, { auth }: RegistryOptions, host: string, error?: string): RegistryReply {
    const message = "authentication required";
    if (auth.kind !== "bearer") return newErrorReply(401, "UNAUTHORIZED", message, { "www-authenticate": `Basic realm="${host}"` });
    const actions = actionOf(request) === "pull" ? "pull" : "pull,push";
    const scope = request.repository === null ? "" : `,scope="repository:${request.repository}:${actions}"`;
    const reason = error === undefined ? "" : `,error="${error}"`;
    const realm = auth.realm ?? `http://${host}/token`;
    return newErrorReply(401, "UNAUTHORIZED", message, {
      "www-authenticate": `Bearer realm="${realm}",service="${auth.service}"${scope}${reason}`,
    });
  }

  /** Answers `GET /token?service=&scope=`: https://distribution.github.io/distribution/spec/auth/token/ */
  answerToken(message: IncomingMessage, request: RegistryRequest, { auth }: RegistryOptions): RegistryReply {
    if (auth.kind !== "bearer") return newErrorReply(404, "UNSUPPORTED", "this registry gives no tokens");
    if (request.method !== "GET") return newErrorReply(405, "UNSUPPORTED", "tokens are given by GET only");
    const authorization = message.headers.authorization;
    const named = auth.credentials !== null && isBasic(authorization, auth.credentials);
    if (!named && (authorization !== undefined || !auth.anonymousPull)) {
      return newErrorReply(401, "UNAUTHORIZED", "incorrect username or password");
    }
    const query = new URLSearchParams(request.query);
    if (query.get("service") !== auth.service) return newErrorReply(400, "UNSUPPORTED", "the service is not known");
    return this.#issueToken(query.getAll("scope"), named, auth);
  }

  #issueToken(scopes: readonly string[], named: boolean, auth: BearerAuth): RegistryReply {
    const granted = new Set<string>();
    for (const scope of scopes.flatMap((text) => text.split(" "))) {
      const { repository, actions } = /^repository:(?<repository>.+):(?<actions>[a-z,*]+)$/.exec(scope)?.groups ?? {};
      if (repository === undefined || actions === undefined) continue;
      for (const action of actions.split(",")) if (named || action === "pull") granted.add(`${repository}:${action}`);
    }
    const token = `token-${this.#tokens.size + 1}`;
    this.#tokens.set(token, { granted, expiresAt: performance.now() + auth.tokenSeconds * 1000 });
    return newJsonReply(200, { token, access_token: token, expires_in: auth.tokenSeconds });
  }
}

function actionOf(request: RegistryRequest): "pull" | "push" {
  return request.method === "GET" || request.method === "HEAD" ? "pull" : "push";
}

function isBasic(authorization: string | undefined, { user, password }: { user: string; password: string }): boolean {
  return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
