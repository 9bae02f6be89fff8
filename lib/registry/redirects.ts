import type { Failed } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { addAttempts, failFor, failWith } from "./fail.ts";
import { REDIRECTS_LIMIT } from "./limits.ts";
import type { Question, Session } from "./session.ts";
import type { Reach } from "./transport/guarded-lookup.ts";
import { bytesOf, headerOf, type HttpResponse } from "./transport/http-response.ts";

/**
 * Who may answer after a redirect. `known` hosts are the registry's own and those that the watch list names under `redirects:`. `storage`
 * is any other host, too, over HTTPS and at a public address: only for bytes whose digest is known.
 */
type Destination = "known" | "storage";

/** An answer of any status but a redirect, and who gave it. */
export interface FollowedReply {
  readonly kind: "response";
  readonly response: HttpResponse;
  readonly attempts: number;
  /** Where the answer came from in the end. */
  readonly from: URL;
  readonly isRedirected: boolean;
  /** Whether it came from the registry's own host, or from one that the watch list names. */
  readonly isKnown: boolean;
  /** How a failure begins. It names the host that was redirected to. */
  readonly operation: string;
}

/** A redirect that is not followed. Where it leads is written by a stranger; empty if it names no address. */
export interface RefusedRedirect extends Failed {
  readonly location: string;
}

/**
 * Asks a question and follows at most 5 redirects by hand, because each hop must be judged (architecture section 3). `Accept` is sent to
 * every hop, and `Authorization` only to the registry's own origin. Each question starts at the registry anew, because a location may serve
 * one method or one hour only; `at` is where a list goes on whose redirect loses the query.
 */
export async function askFollowing(
  session: Session,
  question: Question,
  { leads = "known", at = null }: { readonly leads?: Destination; readonly at?: URL | null } = {},
): Promise<FollowedReply | RefusedRedirect | Failed> {
  const { endpoint } = session.registry;
  const operation = session.formatOperation(question);
  let from = addressOf(session, question, at);
  let isKnown = true;
  let reply = at === null ? await session.ask(question) : await askHop(session, question, { url: from, reach: "anywhere", isKnown });
  for (let hops = at === null ? 0 : 1; reply.kind === "response"; hops++) {
    const { response, attempts } = reply;
    const named = hops === 0 ? operation : `${operation}, redirected to ${from.host}`;
    if (!isRedirect(response.status))
      return { kind: "response", response, attempts, from, isRedirected: hops > 0, isKnown, operation: named };
    const location = headerOf(response, "location");
    const refuse = (detail: string): RefusedRedirect => ({ ...failWith("redirected", named, detail, response.status, attempts), location });
    if (hops >= REDIRECTS_LIMIT) return refuse(`more than ${REDIRECTS_LIMIT} redirects`);
    const hop = judgeRedirect(location, from, endpoint, session.redirects);
    if (hop.kind === "refused") return refuse(hop.detail);
    if (leads === "known" && !hop.isKnown) return refuse(`a redirect to ${hop.url.host}${remedyFor(hop.url, endpoint)}`);
    reply = addAttempts(await askHop(session, question, hop), attempts);
    if (reply.kind === "response") reply = { ...reply, attempts: attempts + reply.attempts };
    ({ url: from, isKnown } = hop);
  }
  return reply;
}

/**
 * Returns where the next page of a list is to be asked for: at the registry (null), or, if the redirect lost what was asked, at the address
 * that the answer came from (registry.k8s.io redirects `tags/list?last=…` to `tags/list`).
 */
export function continuationOf(session: Session, question: Question, at: URL | null, { from, isRedirected }: FollowedReply): URL | null {
  if (!isRedirected) return null;
  const asked = addressOf(session, question, at);
  const isKept =
    asked.search === "" ? from.search !== "" : [...asked.searchParams].every(([key, value]) => from.searchParams.get(key) === value);
  return isKept ? at : new URL(from.pathname, from);
}

function addressOf(session: Session, question: Question, at: URL | null): URL {
  const own = session.urlOf(question);
  return at === null ? own : new URL(at.pathname + own.search, at);
}

/** Asks the same question at another address, without the registry's way of answering challenges. */
async function askHop(session: Session, question: Question, { url, reach, isKnown }: Omit<Followed, "kind">) {
  const operation = `${session.formatOperation(question)}, redirected to ${url.host}`;
  const headers: Record<string, string> = { accept: question.accept, "accept-encoding": "identity", "user-agent": "sealwatch" };
  const { endpoint } = session.registry;
  const authorization = url.origin === endpoint.origin ? await session.authorization() : null;
  if (authorization !== null) headers["authorization"] = authorization;
  const { method, limitBytes } = question;
  const path = url.pathname + url.search;
  const { exchange, attempts } = await session.connections.foreign(url).send({ method, path, headers, body: null, limitBytes, reach });
  session.budget.count(attempts, bytesOf(exchange));
  if (exchange.kind === "response") return { kind: "response", response: exchange, attempts } as const;
  const { failure } = failFor(exchange, operation, attempts);
  const remedy = exchange.code === "refused-address" && !isKnown ? remedyFor(url, endpoint) : "";
  return { kind: "failed", failure: { ...failure, detail: failure.detail + remedy } } as const;
}

interface Followed {
  readonly kind: "follow";
  readonly url: URL;
  readonly reach: Reach;
  readonly isKnown: boolean;
}

/** The address that a redirect leads to, or why it may not be asked. */
type Hop = Followed | { readonly kind: "refused"; readonly detail: string };

/**
 * Judges one redirect, which the registry or its storage wrote. It must lead to HTTPS, or from plain HTTP to plain HTTP on a known host: the
 * registry's own, or one that the watch list lists, with or without its port. Only a known host may have an address that is not public.
 */
export function judgeRedirect(location: string, from: URL, endpoint: Endpoint, listed: readonly string[]): Hop {
  if (location === "" || !URL.canParse(location, from.href)) return { kind: "refused", detail: "a redirect without a usable location" };
  const url = new URL(location, from);
  const isKnown = url.host === endpoint.host || listed.includes(url.host) || listed.includes(url.hostname);
  if (url.username !== "" || url.password !== "") return { kind: "refused", detail: `a redirect with a user name to ${url.host}` };
  if (url.protocol !== "https:" && (url.protocol !== "http:" || from.protocol !== "http:" || !isKnown)) {
    const remedy = url.protocol === "http:" && from.protocol === "http:" ? remedyFor(url, endpoint) : "";
    return { kind: "refused", detail: `a redirect that is not HTTPS to ${url.host}${remedy}` };
  }
  return { kind: "follow", url, reach: isKnown ? "anywhere" : "public", isKnown };
}

/** Says what to write in the watch list so that a host may be redirected to. */
function remedyFor({ host }: URL, { registry }: Endpoint): string {
  return `: if that is right, write redirects: ["${host}"] under registries: "${registry}":`;
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
