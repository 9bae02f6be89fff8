import { essenceOf } from "../oci/media-types.ts";
import type { Failed, FailureCode } from "./answer.ts";
import { failWith } from "./fail.ts";
import { parseErrorDocument, type RegistryError } from "./error-document.ts";
import { headerOf, isJsonType, type HttpResponse } from "./transport/http-response.ts";
import type { Session } from "./session.ts";
import type { FollowedReply } from "./redirects.ts";
import { askForTags } from "./tags-page.ts";

/** Codes that mean "not here" and nothing else, from any registry. NOT_FOUND is Harbor's, which may stand behind any name. */
const NOT_HERE: ReadonlySet<string> = new Set(["MANIFEST_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]);

type Missing = { readonly kind: "absent"; readonly detail: string } | Failed;

/**
 * Judges a 404 for a manifest or blob (architecture section 3). It proves absence only if no list names the thing, the body is empty or a
 * registry's "not here", the host that gave it (after redirects, the last) answered as a registry in this run, and the repository answered
 * something positive to the same credentials. If the repository answered nothing yet, it is asked for its tag list once.
 */
export async function judgeMissing(
  session: Session,
  { response, attempts, from, isKnown, operation }: FollowedReply,
  { listed }: { readonly listed: boolean },
): Promise<Missing> {
  const { registry } = session;
  const fail = (code: FailureCode, received: string): Failed => failWith(code, operation, received, 404, attempts);
  const errors = readErrors(response);
  if (!isKnown || errors === null || !errors.every((error) => isNotHere(error, session)))
    return fail("not-found", "404, but not as a registry says that something is not there");
  if (listed) return fail("listed-but-missing", "404, but it is listed");
  if (errors.length > 0) registry.noteAnswer(from);
  if (!session.isShown || !registry.hasAnswered(from)) await (session.shown ??= askForProof(session));
  if (session.isShown && registry.hasAnswered(from))
    return { kind: "absent", detail: `404${errors.map(({ code }) => ` ${code}`).join("")}` };
  return fail("not-found", "404, but the repository itself cannot be seen");
}

/** Returns null for a page that no registry wrote. The answer to HEAD has no body, so its type decides. */
function readErrors(response: HttpResponse): RegistryError[] | null {
  if (response.body.length > 0) return parseErrorDocument(response.body);
  const type = essenceOf(headerOf(response, "content-type"));
  return type === "" || isJsonType(type) ? [] : null;
}

async function askForProof(session: Session): Promise<void> {
  await askForTags(session, session.registry.isPageSizeRefused ? "" : "?n=1");
}

function isNotHere({ code, message }: RegistryError, session: Session): boolean {
  const own = session.registry.profile.saysAbsent;
  return NOT_HERE.has(code) || (own !== undefined && code === own.code && own.message.test(message));
}
