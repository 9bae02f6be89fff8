import { createHash } from "node:crypto";
import { stepsOf } from "../findings/finding-steps.ts";
import type { RunRecord } from "../run-record.ts";
import type { Change, Finding, Observation, RepositoryState, TagState } from "../state.ts";

/** One thing that the history holds, as the chain of runs names it. */
export interface ChainEntry {
  /** Its kind and its key, in parts that a space separates. */
  readonly name: string;
  /** SHA-256 of name and content, as 64 hex digits. */
  readonly hash: string;
}

/** What is written again from night to night. The newest link that names such an entry says what it must be; others never change. */
const MUTABLE: ReadonlySet<string> = new Set(["tag", "repository", "finding"]);

export function entryOfObservation(repository: string, observation: Observation): ChainEntry {
  return newEntry(["observation", repository, observation.run, observation.tag], observation);
}

/** A change has one entry, whether it is pending or concluded. */
export function entryOfChange(change: Change): ChainEntry {
  return newEntry(["change", change.repository, change.run, change.id], change);
}

/** The state of a tag or, without a tag, that of a repository itself. Pending changes are entries of their own. */
export function entryOfState(repository: string, tag: string | null, state: TagState | RepositoryState): ChainEntry {
  const { pending: _pending, ...content } = state;
  return newEntry(tag === null ? ["repository", repository] : ["tag", repository, tag], content);
}

/** The version is left out: it counts writes, and those of people are told apart by the steps. */
export function entryOfFinding(finding: Finding): ChainEntry {
  const { version: _version, ...content } = finding;
  const whole = { ...content, steps: stepsOf(finding) };
  return newEntry(
    ["finding", finding.id],
    Object.fromEntries(Object.entries(whole).toSorted(([left], [right]) => (left < right ? -1 : 1))),
  );
}

/** A run without a link: it never ended, or it is from before the chain. */
export function entryOfRun({ link: _link, ...record }: RunRecord): ChainEntry {
  return newEntry(["run", record.id], record);
}

export function isMutable(name: string): boolean {
  return MUTABLE.has(parseEntryName(name).kind);
}

/** Parses the name of an entry. `repository` is empty for findings and runs, whose key is `key`. */
export function parseEntryName(name: string): Readonly<Record<"kind" | "key" | "repository" | "run" | "of", string>> {
  const [kind = "", key = "", run = "", of = ""] = name.split(" ").map(decodeSpaces);
  return { kind, key, repository: kind === "finding" || kind === "run" ? "" : key, run, of };
}

/** JSON that is written and read again gives the same text, because JavaScript keeps the order of keys. */
function newEntry(parts: readonly string[], content: object): ChainEntry {
  // A name that somebody else wrote must not look like two.
  const name = parts.map((part) => part.replace(/[\s%]/gu, encodeURIComponent)).join(" ");
  const text = `${name}\n${JSON.stringify(content)}`;
  return { name, hash: createHash("sha256").update(text).digest("hex") };
}

function decodeSpaces(part: string): string {
  return part.includes("%") ? decodeURIComponent(part) : part;
}
