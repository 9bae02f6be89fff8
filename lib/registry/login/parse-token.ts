import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { TOKEN_EARLY_MS, TOKEN_LIFE_LEAST_SECONDS } from "../limits.ts";

export interface Token {
  readonly token: string;
  /** Epoch milliseconds from which a new one is asked for. */
  readonly renewAt: number;
}

/** A day: an issuer cannot make us keep a token for longer than a run. */
const LIFE_MOST_SECONDS = 86_400;

/**
 * Parses the answer of a token endpoint that was asked at `now`, or null where it holds no token that can stand in a header.
 * Without a usable `expires_in` a token lives 60 s; `issued_at` is not read, since clocks differ.
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
