import type { Failed } from "../answer.ts";
import type { Credential } from "../credentials/credential.ts";
import { failFor, failWith } from "../fail.ts";
import type { Reach } from "../transport/guarded-lookup.ts";
import type { HostConnection, HttpRequest } from "../transport/host-connection.ts";
import { TOKEN_EARLY_MS, TOKEN_LIFE_LEAST_SECONDS, TOKEN_LIMIT_BYTES } from "../limits.ts";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";

/** A question for a token. */
interface TokenQuestion {
  readonly connection: HostConnection;
  readonly url: URL;
  readonly reach: Reach;
  readonly service: string | null;
  readonly scope: string | null;
  readonly credential: Credential;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Token {
  readonly token: string;
  /** The time from which a new one is asked for, in epoch milliseconds. */
  readonly renewAt: number;
}

type TokenAnswer = { readonly kind: "token"; readonly token: Token } | Failed;

const CLIENT_ID = "sealwatch";
/** A day: no issuer can make a token outlive a run. */
const LIFE_MOST_SECONDS = 86_400;

/**
 * Asks for a token: by POST if there is only an identity token (a refresh token), else by GET, with Basic credentials or none. Redirects
 * are not followed. https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function fetchToken(question: TokenQuestion): Promise<TokenAnswer> {
  const { connection, credential, now } = question;
  const operation = `ask ${question.url.host} for a token`;
  let sent = await connection.send(credential.kind === "identity-token" ? newPost(question, credential.token) : newGet(question));
  const status = sent.exchange.kind === "response" ? sent.exchange.status : null;
  // An issuer without OAuth2 takes the identity token as a password.
  if (credential.kind === "identity-token" && (status === 404 || status === 405)) sent = await connection.send(newGet(question));
  const { exchange, attempts } = sent;
  if (exchange.kind === "none" || exchange.status !== 200) return failFor(exchange, operation, attempts);
  const token = parseToken(exchange.body, now);
  if (token !== null) return { kind: "token", token };
  return failWith("unexpected-content", operation, "200, but no token", 200, attempts);
}

/**
 * Parses the answer of a token endpoint that was asked at `now`. Null if it contains no token that fits into a header. Without a usable
 * `expires_in` a token lives 60 s; `issued_at` is not read, because clocks differ.
 * https://distribution.github.io/distribution/spec/auth/token/#token-response-fields
 */
export function parseToken(body: Uint8Array, now: number): Token | null {
  const parsed = parseJson(body);
  if (parsed.kind === "malformed" || !isJsonObject(parsed.value)) return null;
  const token = [parsed.value["token"], parsed.value["access_token"]].find(
    (text) => typeof text === "string" && /^[\x21-\x7e]+$/.test(text),
  );
  if (typeof token !== "string") return null;
  const given = Number(parsed.value["expires_in"] ?? Number.NaN);
  const seconds = Math.min(Math.max(Number.isFinite(given) ? given : 0, TOKEN_LIFE_LEAST_SECONDS), LIFE_MOST_SECONDS);
  return { token, renewAt: now + seconds * 1000 - Math.min(TOKEN_EARLY_MS, seconds * 100) };
}

/** Formats user name and password for `Basic`, in UTF-8 (RFC 7617). */
export function formatBasic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

function newGet({ url, service, scope, credential, reach }: TokenQuestion): HttpRequest {
  const asked = new URL(url);
  if (service !== null) asked.searchParams.set("service", service);
  if (scope !== null) asked.searchParams.set("scope", scope);
  const headers: Record<string, string> = { "accept-encoding": "identity", "user-agent": CLIENT_ID };
  if (credential.kind === "basic") headers["authorization"] = formatBasic(credential.username, credential.password);
  if (credential.kind === "identity-token") headers["authorization"] = formatBasic(credential.username, credential.token);
  return { method: "GET", path: asked.pathname + asked.search, headers, body: null, limitBytes: TOKEN_LIMIT_BYTES, reach };
}

function newPost({ url, service, scope, reach }: TokenQuestion, refreshToken: string): HttpRequest {
  const form = new URLSearchParams({ grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshToken });
  if (service !== null) form.set("service", service);
  if (scope !== null) form.set("scope", scope);
  const headers = { "accept-encoding": "identity", "user-agent": CLIENT_ID, "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", path: url.pathname + url.search, headers, body: form.toString(), limitBytes: TOKEN_LIMIT_BYTES, reach };
}
