import { matchesDigest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { essenceOf } from "../oci/media-types.ts";
import { judgeMissing } from "./absence.ts";
import { failed, found, type Answer } from "./answer.ts";
import { addAttempts, codeOfStatus, describeAs, describeFailure } from "./describe-failure.ts";
import { headerOf } from "./transport/http-response.ts";
import { BLOB_LIMIT_BYTES, REDIRECTS_LIMIT } from "./limits.ts";
import { judgeRedirect } from "./redirect.ts";
import type { Question, Reply, Session } from "./session.ts";

/**
 * Fetches exactly the described bytes: size and digest must match, one mismatch is read again. `urls` of descriptors are never
 * asked. Redirects to storage are followed, at most 5, without credentials for another origin.
 */
export async function fetchBlob(session: Session, descriptor: Descriptor): Promise<Answer<Uint8Array>> {
  if (descriptor.size > BLOB_LIMIT_BYTES) {
    return failed(
      "limit",
      `GET blobs/${descriptor.digest} of ${session.repository.name}: ${descriptor.size} bytes; at most ${BLOB_LIMIT_BYTES} are read`,
      null,
      0,
    );
  }
  const first = await fetchOnce(session, descriptor);
  if (first.kind !== "failed" || first.failure.code !== "digest-mismatch") return first;
  return addAttempts(await fetchOnce(session, descriptor), first.failure.attempts);
}

async function fetchOnce(session: Session, descriptor: Descriptor): Promise<Answer<Uint8Array>> {
  const question: Question = { method: "GET", path: `blobs/${descriptor.digest}`, accept: "*/*", limitBytes: descriptor.size };
  const operation = session.formatOperation(question);
  const reply = await followRedirects(session, await session.ask(question), question.limitBytes, operation);
  if (reply.kind === "failed") {
    if (reply.failure.code !== "limit") return reply;
    return { kind: "failed", failure: describeAs("digest-mismatch", operation, "more bytes than described", 200, reply.failure.attempts) };
  }
  const { response, attempts } = reply;
  if (response.status === 404) return judgeMissing(session, reply, { listed: false, operation });
  if (codeOfStatus(response.status) !== null) return { kind: "failed", failure: describeFailure(response, operation, attempts) };
  if (response.body.length === descriptor.size && matchesDigest(response.body, descriptor.digest)) {
    session.isShown = true;
    return found(response.body);
  }
  const type = essenceOf(headerOf(response, "content-type"));
  if (type === "text/html")
    return { kind: "failed", failure: describeAs("unexpected-content", operation, `200 with ${type}`, 200, attempts) };
  return { kind: "failed", failure: describeAs("digest-mismatch", operation, "200, but other bytes than described", 200, attempts) };
}

/** Follows 3xx by hand; every hop is judged anew. */
async function followRedirects(session: Session, first: Reply, limitBytes: number, operation: string): Promise<Reply> {
  const { endpoint } = session.registry;
  let reply = first;
  let from = new URL(endpoint.origin);
  for (let hops = 0; reply.kind === "response" && isRedirect(reply.response.status); hops++) {
    const { response, attempts } = reply;
    const refuse = (detail: string): Reply => ({
      kind: "failed",
      failure: describeAs("redirected", operation, detail, response.status, attempts),
    });
    if (hops === REDIRECTS_LIMIT) return refuse(`more than ${REDIRECTS_LIMIT} redirects`);
    const hop = judgeRedirect(headerOf(response, "location"), from, endpoint, session.redirects);
    if (hop.kind === "refused") return refuse(hop.detail);
    const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity", "user-agent": "sealwatch" };
    const authorization = hop.url.origin === endpoint.origin ? await session.authorization() : null;
    if (authorization !== null) headers["authorization"] = authorization;
    const path = hop.url.pathname + hop.url.search;
    const sent = await session.connections
      .foreign(hop.url)
      .send({ method: "GET", path, headers, body: null, limitBytes, reach: hop.reach });
    const total = attempts + sent.attempts;
    session.budget.count(sent.attempts);
    if (sent.exchange.kind === "none")
      return { kind: "failed", failure: describeFailure(sent.exchange, `${operation}, redirected to ${hop.url.host}`, total) };
    // Storage that has it not is no registry that says so.
    if (sent.exchange.status === 404 && hop.url.origin !== endpoint.origin) {
      return { kind: "failed", failure: describeFailure(sent.exchange, `${operation}, redirected to ${hop.url.host}`, total) };
    }
    reply = { kind: "response", response: sent.exchange, attempts: total };
    from = hop.url;
  }
  return reply;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
