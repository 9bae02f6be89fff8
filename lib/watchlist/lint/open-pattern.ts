import { examplesOf, FILLED_NAMES } from "./pattern-examples.ts";
import { quoteFound } from "../read/quote-found.ts";
import { reportWarning, type YamlValue } from "../read/source-file.ts";
import { ANYBODY, strangersTo, type Stranger } from "./strangers.ts";

/** Whoever signs at these hosts is a workflow, whose name ends with the ref that it ran for. */
const WORKFLOW_HOSTS = /^https:\/\/(?:github|gitlab)\.com(?:\/|$)/;

/**
 * Warns of a pattern that lets in somebody whom it was surely not meant for, and names that identity: identities that it matches are
 * changed into those of strangers, and the pattern itself is asked about each. Warns, too, where nobody at all can have an identity that
 * it matches. What names one owner, and any repository there, passes.
 */
export function reportOpenPattern(value: YamlValue, pattern: string, matches: (identity: string) => boolean): void {
  const examples = examplesOf(pattern.replaceAll(/\{(?:tag|version)\}/g, "v1"), matches).filter(isMeant);
  const stranger = findStranger(examples, matches);
  if (stranger !== null) {
    const message = `found ${quoteFound(pattern)} for ${value.label}, which also lets in ${stranger.identity}`;
    return reportWarning(value, "weak-pattern", message, stranger.remedy);
  }
  if (examples.length === 0 || examples.some(isWhole)) return;
  const message = `found ${quoteFound(pattern)} for ${value.label}, which matches a part of an identity; patterns here match the whole identity`;
  reportWarning(
    value,
    "part-pattern",
    message,
    "write the whole, from https:// (or the name before @) to the end: …/.* for whatever follows",
  );
}

/** The most dangerous over all examples; of those the one made from the identity that looks most like one. */
function findStranger(examples: readonly string[], matches: (identity: string) => boolean): Stranger | null {
  if (matches(ANYBODY.identity)) return ANYBODY;
  const strangers = bestOf(examples).map((example) => strangersTo(example).filter(({ identity }) => !examples.includes(identity)));
  for (const made of strangers) {
    const found = made.find(({ identity }) => matches(identity));
    if (found !== undefined) return found;
  }
  return null;
}

/** So many of each owner: what another owner's examples let in is another matter. */
const EXAMPLES_OF_OWNER = 6;
const EXAMPLES_TRIED = 120;

function bestOf(examples: readonly string[]): string[] {
  const owners = Map.groupBy(
    examples.toSorted((left, right) => likeness(right) - likeness(left)),
    (example) => /^[a-z]+:\/\/[^/]*\/?[^/]*|@.*$/s.exec(example)?.[0] ?? "",
  );
  return [...owners.values()].flatMap((own) => own.slice(0, EXAMPLES_OF_OWNER)).slice(0, EXAMPLES_TRIED);
}

/** An address that ends like an e-mail address, or whose host is a name of something else, is nobody's identity. */
function isMeant(example: string): boolean {
  const address = /^https?:\/\/(?<host>[^/]*)(?<rest>.*)$/s.exec(example)?.groups;
  if (address === undefined) return true;
  const { host = "", rest = "" } = address;
  return (host === "github.com" || !FILLED_NAMES.has(host)) && !host.includes("@") && !/@.*\.[a-z]{2,}$/.test(rest);
}

function likeness(example: string): number {
  const shapes = [
    /^https:\/\/(?:[\w-]+\.)+[\w-]+\/[\w-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+@refs\/\w+\/[^@]+$|^[\w.+-]+@(?:[\w-]+\.)+[a-z]+$/,
    /^https:\/\/(?:[\w-]+\.)+[\w-]+\/[\w-]+\/[^@]+(?:@[^@]+)?$/,
    /^(?:https:\/\/)?[^/]+@?(?:[\w-]+\.)+[\w-]+/,
  ];
  return shapes.reduce((sum, shape) => sum + (shape.test(example) ? 1 : 0), 0);
}

/** Identities are web addresses, other URIs, e-mail addresses or `name!domain`; those of workflows end with `@` and a ref. */
function isWhole(example: string): boolean {
  if (WORKFLOW_HOSTS.test(example)) return example.includes("@");
  return example.includes("://") || example.includes("@") || example.includes("!");
}
