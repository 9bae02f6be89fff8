import type { Failed, FailureCode } from "./answer.ts";
import { failWith } from "./fail.ts";
import type { Session } from "./session.ts";
import type { FollowedReply } from "./redirects.ts";
import { readAbsence } from "./read-absence.ts";
import { askForTags } from "./tags-page.ts";

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
  const errors = readAbsence(response, session);
  if (!isKnown || errors === null) return fail("not-found", "404, but not as a registry says that something is not there");
  if (listed) return fail("listed-but-missing", "404, but it is listed");
  if (errors.length > 0) registry.noteAnswer(from);
  if (!session.isShown || !registry.hasAnswered(from)) await (session.shown ??= askForProof(session));
  if (session.isShown && registry.hasAnswered(from))
    return { kind: "absent", detail: `404${errors.map(({ code }) => ` ${code}`).join("")}` };
  return fail("not-found", "404, but the repository itself cannot be seen");
}

async function askForProof(session: Session): Promise<void> {
  await askForTags(session, session.registry.isPageSizeRefused ? "" : "?n=1");
}
