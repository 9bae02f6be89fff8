import type { Finding } from "../history/state.ts";
import { quoteShell } from "../text/escape.ts";

/**
 * Returns commands that copy a release from its source to its mirror with everything that is attached to it; each does the whole of it. None
 * unless the finding is about a mirror. Whoever runs one may push to the mirror. Escaped.
 */
export function copyCommands({ repository, tag, digest, facts: { mirrorOf } }: Finding): string[] {
  if (mirrorOf === undefined || digest === null) return [];
  const [from, to] = [quoteShell(`${mirrorOf}@${digest}`), quoteShell(`${repository}${tag === null ? "" : `:${tag}`}`)];
  return [`regctl image copy --referrers --digest-tags ${from} ${to}`, `cosign copy ${from} ${to}`, `oras cp -r ${from} ${to}`];
}
