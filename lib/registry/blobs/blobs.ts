import { matchesDigest } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/manifest.ts";
import { essenceOf } from "../../oci/media-types.ts";
import { judgeMissing } from "../judge-missing.ts";
import { found, type Answer } from "../answer.ts";
import { addAttempts, codeOfStatus, failFor, failWith, isPastLimit } from "../fail.ts";
import { headerOf } from "../transport/http-response.ts";
import { askFollowing } from "../redirects.ts";
import type { Session } from "../session.ts";

type Described = Pick<Descriptor, "digest" | "size">;

/**
 * Fetches exactly the bytes of a digest, at most `limitBytes` of them, and reads a mismatch once more. The described size is not believed:
 * it only tells a blob that is too long from an answer that is something else. More bytes than the limit, as described, fail with `limit`
 * and are `delivered`; more than `mostBytes` are `longer` if that is less. It never asks the `urls` of descriptors. It follows at most 5
 * redirects to storage, and sends no credentials to another origin.
 */
export async function fetchBlob(session: Session, descriptor: Described, bounds: Bounds): Promise<Answer<Uint8Array> | "longer"> {
  const first = await fetchOnce(session, descriptor, bounds);
  if (first === "longer" || first.kind !== "failed" || first.failure.code !== "digest-mismatch") return first;
  const second = await fetchOnce(session, descriptor, bounds);
  return second === "longer" ? second : addAttempts(second, first.failure.attempts);
}

interface Bounds {
  /** The most that is ever read of it. */
  readonly limitBytes: number;
  /** The most for which there is room now. */
  readonly mostBytes: number;
}

async function fetchOnce(
  session: Session,
  { digest, size }: Described,
  { limitBytes, mostBytes }: Bounds,
): Promise<Answer<Uint8Array> | "longer"> {
  const question = { method: "GET", path: `blobs/${digest}`, accept: "*/*", limitBytes: mostBytes } as const;
  const reply = await askFollowing(session, question, { leads: "storage" });
  if (reply.kind === "failed") {
    const { code, attempts } = reply.failure;
    if (mostBytes < limitBytes && isPastLimit(reply.failure)) return "longer";
    if (code !== "limit") return reply;
    const operation = session.formatOperation(question);
    if (size <= limitBytes) {
      const { failure } = failWith("digest-mismatch", operation, "more bytes than described", 200, attempts);
      return { kind: "failed", failure: { ...failure, isStored: true } };
    }
    const { failure } = failWith("limit", operation, `${size} bytes; at most ${limitBytes} are read`, 200, attempts);
    return { kind: "failed", failure: { ...failure, delivered: true } };
  }
  const { response, attempts, operation } = reply;
  if (response.status === 404) return judgeMissing(session, reply, { listed: false });
  if (codeOfStatus(response.status) !== null) return failFor(response, operation, attempts);
  if (matchesDigest(response.body, digest)) {
    session.isShown = true;
    return found(response.body);
  }
  const type = essenceOf(headerOf(response, "content-type"));
  if (type === "text/html") return failWith("unexpected-content", operation, `200 with ${type}`, 200, attempts);
  return failWith("digest-mismatch", operation, "200, but other bytes than described", 200, attempts);
}
