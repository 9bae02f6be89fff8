import { isDigest, type Digest } from "../oci/digest.ts";
import { essenceOf, MANIFEST_ACCEPT } from "../oci/media-types.ts";
import type { Failed } from "./answer.ts";
import { codeOfStatus, failFor } from "./fail.ts";
import { askFollowing } from "./redirects.ts";
import type { Question, Session } from "./session.ts";
import { headerOf } from "./transport/http-response.ts";

/** HEAD answered 200 with a digest. The label is its media type without parameters, and may be wrong. */
interface SeenByHead {
  readonly kind: "seen";
  readonly digest: Digest;
  readonly label: string;
  readonly attempts: number;
}

/** HEAD says too little, so GET has to decide. */
export interface Undecided {
  readonly kind: "undecided";
  readonly attempts: number;
}

type HeadAnswer = SeenByHead | Undecided | Failed;

/** What storage answers to a method that its location does not serve. */
const REFUSED: ReadonlySet<number> = new Set([403, 405, 501]);

/**
 * Asks for a manifest by HEAD. That it is refused, or gives no digest, depends on the server and is remembered. A 404 has no body that could
 * prove anything, whatever its label is.
 */
export async function askHead(session: Session, reference: string): Promise<HeadAnswer> {
  if (session.registry.isHeadUseless) return { kind: "undecided", attempts: 0 };
  const question: Question = { method: "HEAD", path: `manifests/${reference}`, accept: MANIFEST_ACCEPT, limitBytes: 0 };
  const reply = await askFollowing(session, question);
  if (reply.kind === "failed") return reply;
  const { response, attempts, isRedirected, operation } = reply;
  const { status } = response;
  const undecided: Undecided = { kind: "undecided", attempts };
  const label = essenceOf(headerOf(response, "content-type"));
  const digest = headerOf(response, "docker-content-digest");
  if (status === 405 || status === 501 || (status === 200 && !isDigest(digest))) {
    // A page in place of the registry says nothing about the registry.
    session.registry.isHeadUseless ||= label !== "text/html";
    return undecided;
  }
  if (status === 404 || (isRedirected && REFUSED.has(status))) return undecided;
  if (codeOfStatus(status) !== null || !isDigest(digest)) return failFor(response, operation, attempts);
  session.isShown = true;
  return { kind: "seen", digest, label, attempts };
}
