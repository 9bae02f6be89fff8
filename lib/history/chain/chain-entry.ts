import { createHash } from "node:crypto";
import type { Change, Observation } from "../state.ts";

/** An observation or a change that was appended to the history, as the chain of runs names it. */
export interface ChainEntry {
  /** Kind, repository, run, and tag or change id; none of them contains a space. */
  readonly name: string;
  /** SHA-256 of name and content, as 64 hex digits. */
  readonly hash: string;
}

export function entryOfObservation(repository: string, observation: Observation): ChainEntry {
  return newEntry(`observation ${repository} ${observation.run} ${observation.tag}`, observation);
}

export function entryOfChange(change: Change): ChainEntry {
  return newEntry(`change ${change.repository} ${change.run} ${change.id}`, change);
}

/** Parses the name of an entry. */
export function parseEntryName(name: string): Readonly<Record<"kind" | "repository" | "run" | "of", string>> {
  const [kind = "", repository = "", run = "", of = ""] = name.split(" ");
  return { kind, repository, run, of };
}

/** JSON that is written and read again gives the same text, because JavaScript keeps the order of keys. */
function newEntry(name: string, content: Observation | Change): ChainEntry {
  const text = `${name}\n${JSON.stringify(content)}`;
  return { name, hash: createHash("sha256").update(text).digest("hex") };
}
