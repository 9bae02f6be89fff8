import type { Digest } from "../oci/digest.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { codeOfStatus, failFor, failWith } from "./fail.ts";
import { parseErrorDocument } from "./error-document.ts";
import { judgeMissing } from "./judge-missing.ts";
import { MANIFEST_LIMIT_BYTES } from "./limits.ts";
import { askFollowing } from "./redirects.ts";
import type { SignaturesAnswer } from "./repository-client.ts";
import type { Question, Session } from "./session.ts";

/**
 * Counts what the signature extension holds for a digest: `GET /extensions/v2/<name>/signatures/<digest>`. Only a list proves something;
 * `null` in its place is a list that Go wrote empty. A 404 that is no error document of a registry, and a method or endpoint that is not
 * supported, say that the announced extension is not here.
 * https://github.com/containers/image/blob/main/docs/signature-protocols.md#openshift-docker-registry-api-extension
 */
export async function listSignatures(session: Session, digest: Digest): Promise<SignaturesAnswer> {
  const question: Question = {
    method: "GET",
    path: `signatures/${digest}`,
    root: "/extensions/v2/",
    accept: "application/json",
    limitBytes: MANIFEST_LIMIT_BYTES,
  };
  const reply = await askFollowing(session, question);
  if (reply.kind === "failed") return reply;
  const { response, attempts, operation } = reply;
  const { status } = response;
  const errors = status === 200 ? null : parseErrorDocument(response.body);
  const isUnsupported = errors?.every(({ code }) => code === "UNSUPPORTED") ?? false;
  if ((status === 404 && errors === null) || status === 405 || status === 501 || (status < 500 && isUnsupported))
    return { kind: "unsupported", detail: String(status) };
  if (status === 404) return judgeMissing(session, reply, { listed: false });
  if (codeOfStatus(status) !== null) return failFor(response, operation, attempts);
  const parsed = parseJson(response.body);
  if (parsed.kind === "malformed") return failWith("invalid-json", operation, `200, but ${parsed.detail}`, status, attempts);
  const signatures = isJsonObject(parsed.value) ? parsed.value["signatures"] : undefined;
  if (signatures === null) return { kind: "listed", count: 0 };
  if (!Array.isArray(signatures)) return failWith("unexpected-content", operation, "200, but no list of signatures", status, attempts);
  return { kind: "listed", count: signatures.length };
}
