/** One step of a glob over tags: one of some characters (null: any), or any run of characters. */
export type GlobStep = { readonly kind: "one"; readonly of: ReadonlySet<string> | null } | { readonly kind: "run" };

/** A pattern with its alternatives expanded. It matches what one of them matches completely. */
export interface Glob {
  readonly pattern: string;
  readonly alternatives: readonly (readonly GlobStep[])[];
}

type ParsedGlob = { readonly kind: "parsed"; readonly glob: Glob } | { readonly kind: "malformed"; readonly detail: string };

const TAG_CHARACTERS = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
/** Several `{a,b}` multiply. */
const ALTERNATIVES_LIMIT = 64;
const BRACES = /^(?<before>[^{}]*)\{(?<choices>[^{}]*)\}(?<after>.*)$/;

/**
 * Parses a pattern over tags: `*` any characters, `?` one, `[a-z]` and `[!a-z]` one of a set, `{a,b}` one of some texts. Every other
 * character matches itself, and must be one that a tag can have.
 */
export function parseGlob(pattern: string): ParsedGlob {
  if (pattern === "") return malformed("an empty pattern");
  if (pattern.startsWith("!")) return malformed(`a pattern that starts with "!"`);
  const expanded = expandBraces(pattern);
  if (typeof expanded === "string") return malformed(expanded);
  const alternatives: GlobStep[][] = [];
  for (const text of expanded) {
    const steps = parseSteps(text);
    if (typeof steps === "string") return malformed(steps);
    alternatives.push(steps);
  }
  return { kind: "parsed", glob: { pattern, alternatives } };
}

/** Reports whether the glob matches the complete text, which may be hostile: the time grows with the product of the lengths at most. */
export function matchesGlob(glob: Glob, text: string): boolean {
  return glob.alternatives.some((steps) => matchesSteps(steps, text));
}

/** The classic walk with one point of return: a later run makes the choices of earlier ones irrelevant. */
function matchesSteps(steps: readonly GlobStep[], text: string): boolean {
  let [step, at, runStep, runAt] = [0, 0, -1, 0];
  while (at < text.length) {
    const current = steps[step];
    if (current?.kind === "run") {
      [runStep, runAt] = [step, at];
      step++;
    } else if (current !== undefined && (current.of === null || current.of.has(text[at]!))) {
      step++;
      at++;
    } else if (runStep >= 0) {
      runAt++;
      [step, at] = [runStep + 1, runAt];
    } else {
      return false;
    }
  }
  return steps.slice(step).every((rest) => rest.kind === "run");
}

function expandBraces(pattern: string): string[] | string {
  const expanded: string[] = [];
  const waiting = [pattern];
  while (waiting.length > 0) {
    if (expanded.length + waiting.length > ALTERNATIVES_LIMIT) return `more than ${ALTERNATIVES_LIMIT} alternatives in braces`;
    const text = waiting.shift()!;
    const groups = BRACES.exec(text)?.groups;
    if (groups) waiting.push(...groups["choices"]!.split(",").map((choice) => `${groups["before"]}${choice}${groups["after"]}`));
    else if (/[{}]/.test(text)) return "a brace without its counterpart, or braces inside braces";
    else expanded.push(text);
  }
  return expanded;
}

function parseSteps(text: string): GlobStep[] | string {
  const steps: GlobStep[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "*") {
      if (steps.at(-1)?.kind !== "run") steps.push({ kind: "run" });
    } else if (character === "?") {
      steps.push({ kind: "one", of: null });
    } else if (character === "[") {
      const end = text.indexOf("]", at);
      const set = end < 0 ? null : parseSet(text.slice(at + 1, end));
      if (set === null) return `"[" without a list of characters and "]"`;
      steps.push({ kind: "one", of: set });
      at = end;
    } else if (TAG_CHARACTERS.has(character)) {
      steps.push({ kind: "one", of: new Set([character]) });
    } else {
      return `${JSON.stringify(character)}, which no tag can have`;
    }
  }
  return steps;
}

function parseSet(text: string): Set<string> | null {
  const negated = /^[!^]/.test(text);
  const members = new Set<string>();
  for (const [, first, last] of text.slice(negated ? 1 : 0).matchAll(/([\w.-])(?:-([\w.]))?/g)) {
    for (let code = first!.charCodeAt(0); code <= (last ?? first)!.charCodeAt(0); code++) members.add(String.fromCharCode(code));
  }
  if (members.size === 0) return null;
  return negated ? new Set([...TAG_CHARACTERS].filter((character) => !members.has(character))) : members;
}

function malformed(detail: string): { kind: "malformed"; detail: string } {
  return { kind: "malformed", detail };
}
