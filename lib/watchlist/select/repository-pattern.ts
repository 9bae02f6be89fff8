import { parseRepository, type Repository } from "../../oci/reference.ts";

/** A pattern over the repositories of one registry: `ghcr.io/acme/**`. */
export interface RepositoryPattern {
  readonly registry: string;
  /** The path with `*` (any characters of one component), `**` (any characters) and `?` (one character of a component). */
  readonly path: string;
}

type ParsedPattern =
  | { readonly kind: "parsed"; readonly pattern: RepositoryPattern }
  | { readonly kind: "malformed"; readonly detail: string };

const PATH = /^[a-z0-9*?][a-z0-9._/*?-]*$/;

/** Reports whether text is meant as a pattern. No name of a repository has these characters. */
export function isRepositoryPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/** Parses `registry/path` with wildcards in the path. Without a registry it is Docker Hub's, as in names. */
export function parseRepositoryPattern(text: string): ParsedPattern {
  // The name of the registry is read as that of any repository in it.
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  if (isRepositoryPattern(first) || slash < 0)
    return malformed("a pattern needs a registry, or a namespace of Docker Hub, before the first slash");
  const named = parseRepository(`${first}/x`);
  if (named.kind === "malformed") return named;
  const { registry, path: namespace } = named.repository;
  const path = namespace === "x" ? text.slice(slash + 1) : text;
  if (!PATH.test(path) || path.includes("//") || path.endsWith("/") || path.includes("***"))
    return malformed("a path is lower-case letters and digits, separated by . _ - or /, with * or ** in place of any part");
  return { kind: "parsed", pattern: { registry, path } };
}

/** `registry/path`, as messages and the history name a pattern. */
export function formatRepositoryPattern({ registry, path }: RepositoryPattern): string {
  return `${registry}/${path}`;
}

/** The path up to the last slash before the first wildcard: every repository that the pattern matches begins with it. */
export function prefixOfPattern({ path }: RepositoryPattern): string {
  const literal = path.slice(0, path.search(/[*?]/));
  return literal.slice(0, literal.lastIndexOf("/") + 1);
}

/** Reports whether the pattern matches the complete name of a repository. The time grows with the product of the lengths at most. */
export function matchesRepository({ registry, path }: RepositoryPattern, repository: Pick<Repository, "registry" | "path">): boolean {
  if (repository.registry !== registry) return false;
  const steps = path.match(/\*\*|./g) ?? [];
  let reached = skipRuns(new Set([0]), steps);
  for (const character of repository.path) reached = skipRuns(advance(reached, steps, character), steps);
  return reached.has(steps.length);
}

/** Returns the steps that come next if the text goes on with this character. */
function advance(reached: ReadonlySet<number>, steps: readonly string[], character: string): Set<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const step = steps[at];
    if (step === "**" || (step === "*" && character !== "/")) next.add(at);
    else if (step === character || (step === "?" && character !== "/")) next.add(at + 1);
  }
  return next;
}

/** A run may be empty. Sets grow while they are walked, so runs in a row are all skipped. */
function skipRuns(reached: Set<number>, steps: readonly string[]): Set<number> {
  for (const at of reached) if (steps[at] === "*" || steps[at] === "**") reached.add(at + 1);
  return reached;
}

function malformed(detail: string): ParsedPattern {
  return { kind: "malformed", detail };
}
