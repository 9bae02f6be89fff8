import { essenceOf } from "../oci/media-types.ts";
import { parseErrorDocument, type RegistryError } from "./error-document.ts";
import type { Session } from "./session.ts";
import { headerOf, isJsonType, type HttpResponse } from "./transport/http-response.ts";

/** Codes that mean "not here" and nothing else, from any registry. NOT_FOUND is Harbor's, which may stand behind any name. */
const NOT_HERE: ReadonlySet<string> = new Set(["MANIFEST_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]);

/**
 * Reads a 404 as a registry's "not here": its errors, which are none if it has no body. Null if no registry wrote it, or if it says anything
 * else.
 */
export function readAbsence(response: HttpResponse, session: Session): readonly RegistryError[] | null {
  const errors = readErrors(response);
  return errors?.every((error) => isNotHere(error, session)) === true ? errors : null;
}

/** Returns null for a page that no registry wrote. The answer to HEAD has no body, so its type decides. */
function readErrors(response: HttpResponse): RegistryError[] | null {
  if (response.body.length > 0) return parseErrorDocument(response.body);
  const type = essenceOf(headerOf(response, "content-type"));
  return type === "" || isJsonType(type) ? [] : null;
}

function isNotHere({ code, message }: RegistryError, session: Session): boolean {
  const own = session.registry.profile.saysAbsent;
  return NOT_HERE.has(code) || (own !== undefined && code === own.code && own.message.test(message));
}
