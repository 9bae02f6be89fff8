import { essenceOf } from "../oci/media-types.ts";
import { parseErrorDocument } from "./error-document.ts";
import type { ReferrersAnswer } from "./repository-client.ts";
import { headerOf, type HttpResponse } from "./transport/http-response.ts";

/** Statuses that say by themselves that there is no such API. Artifactory before 7.90 answers 406. */
const UNSUPPORTED_STATUSES: ReadonlySet<number> = new Set([404, 405, 406]);

/**
 * What error documents say under other statuses. MANIFEST_INVALID is Quay's word for a subject that it does not know, whose digest
 * is well-formed here always: https://github.com/quay/quay/blob/master/endpoints/v2/referrers.py
 */
const UNSUPPORTED_CODES: Readonly<Record<number, readonly string[]>> = {
  400: ["UNSUPPORTED", "METHOD_UNKNOWN", "MANIFEST_INVALID"],
  501: ["UNSUPPORTED", "METHOD_UNKNOWN"],
};

/**
 * Reads an answer of the referrers API as "there is no API here" (architecture section 3), or returns null if it is another answer. Only the
 * caller can judge that, because it knows whether the repository ever showed a referrer.
 */
export function readUnsupported(response: HttpResponse): Extract<ReferrersAnswer, { readonly kind: "unsupported" }> | null {
  const { status, body } = response;
  const errors = parseErrorDocument(body);
  const codes = UNSUPPORTED_CODES[status] ?? [];
  const isSaid = errors !== null && errors.length > 0 && errors.every(({ code }) => codes.includes(code.toUpperCase()));
  if (!UNSUPPORTED_STATUSES.has(status) && !isSaid) return null;
  const label = essenceOf(headerOf(response, "content-type"));
  // A registry wrote it, or its router as plain text; not the page of a proxy.
  const wellFormed = body.length === 0 || errors !== null || (status === 404 ? label === "text/plain" : label !== "text/html");
  return {
    kind: "unsupported",
    detail: `${status}${isSaid ? ` ${errors[0]!.code}` : ""}${wellFormed ? "" : " with a foreign page"}`,
    wellFormed,
  };
}
