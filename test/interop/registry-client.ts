import type { Login } from "./registry-kinds.ts";

/** Sends a request to a registry, and answers its challenge. */
export type Ask = (path: string, init?: RequestInit & { readonly scope?: string }) => Promise<Response>;

/** Opens a registry for a login, by Basic or by tokens: https://distribution.github.io/distribution/spec/auth/token/ */
export function openRegistry(origin: string, login: Login | undefined): Ask {
  const tokens = new Map<string, string>();
  const basic = login === undefined ? null : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  return async (path, init = {}) => {
    const { scope = "", ...request } = init;
    const url = new URL(path, origin);
    const send = (authorization: string | null): Promise<Response> =>
      fetch(url, {
        ...request,
        headers: { ...(request.headers as Record<string, string>), ...(authorization !== null && { authorization }) },
      });
    const first = await send(tokens.get(scope) ?? null);
    if (first.status !== 401 || basic === null) return first;
    await first.arrayBuffer();
    const challenge = first.headers.get("www-authenticate") ?? "";
    tokens.set(scope, challenge.startsWith("Bearer") ? await fetchToken(challenge, basic) : basic);
    return send(tokens.get(scope)!);
  };
}

async function fetchToken(challenge: string, authorization: string): Promise<string> {
  const parameter = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const url = new URL(parameter("realm"));
  url.searchParams.set("service", parameter("service"));
  url.searchParams.set("scope", parameter("scope"));
  const response = await fetch(url, { headers: { authorization } });
  const { token } = (await response.json()) as { token: string };
  return `Bearer ${token}`;
}

/** Throws unless the request is answered with one of these statuses. */
export async function demand(
  ask: Ask,
  statuses: readonly number[],
  path: string,
  init: RequestInit & { readonly scope?: string },
): Promise<Response> {
  const response = await ask(path, init);
  const body = await response.text();
  if (!statuses.includes(response.status))
    throw new Error(`${init.method} ${path}: expected ${statuses.join(" or ")}, got ${response.status} ${body.slice(0, 200)}`);
  return response;
}
