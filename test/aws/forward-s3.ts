import { newNeed, type AccessNeed } from "./access-need.ts";
import { newS3Error, type Answer } from "./answer.ts";
import { forward, type ReceivedRequest } from "./forward.ts";
import type { S3Request } from "./s3-access.ts";

/** Keys that a conditional write is writing: the emulator knows no conditions, and S3 lets one of two writers win. */
const beingWritten = new Set<string>();

/**
 * What S3 does and the emulator does not: `If-None-Match: *` writes only what is not there, and who may not list a bucket is not told
 * that an object is missing, but denied.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (404 and 403)
 */
export async function forwardS3(
  upstream: string,
  received: ReceivedRequest,
  { method, bucket, key }: S3Request,
  isAllowed: (need: AccessNeed) => boolean,
): Promise<Answer> {
  if (method === "PUT" && received.headers["if-none-match"] === "*") return writeIfAbsent(upstream, received);
  const answer = await forward(upstream, received);
  const isMissing = answer.status === 404 && key !== "" && (method === "GET" || method === "HEAD");
  if (!isMissing || isAllowed(newNeed("s3:ListBucket", `arn:aws:s3:::${bucket}`))) return answer;
  return newS3Error(403, "AccessDenied", "Access Denied: the object is missing, and s3:ListBucket is not allowed", method);
}

async function writeIfAbsent(upstream: string, received: ReceivedRequest): Promise<Answer> {
  const [path = ""] = received.url.split("?");
  const at = `${upstream}${path}`;
  if (beingWritten.has(at)) return newS3Error(409, "ConditionalRequestConflict", "another write of this key is under way");
  beingWritten.add(at);
  try {
    const { "content-length": _, ...headers } = received.headers;
    const found = await forward(upstream, { method: "HEAD", url: path, headers, body: Buffer.alloc(0) });
    if (found.status !== 404) return newS3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    return await forward(upstream, received);
  } finally {
    beingWritten.delete(at);
  }
}
