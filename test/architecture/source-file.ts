import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** One import or re-export of a module. */
export interface Import {
  /** As written: `undici`, `../oci/digest.ts`. */
  readonly specifier: string;
  /** Path from the repository's root where the specifier is relative, otherwise null. */
  readonly target: string | null;
  /** What is imported, as written: `{ a, type B }`; empty where the whole module is. */
  readonly names: string;
  /** Erased before anything runs. */
  readonly typeOnly: boolean;
}

/** A TypeScript file as far as the rules of the architecture look at it. */
export interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** The text without comments and without what stands in quotes. */
  readonly bare: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
const FROM = /^(import|export)\s+(type\s+)?([^;"']*?)\s*from\s*"([^"]+)"/gm;
const BARE_IMPORT = /^import\s*"([^"]+)"/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*"([^"]+)"\s*\)/g;
const CODE_FOLDERS = ["bin", "lambdas", "lib", "test"];

/** Reads every TypeScript file below `root` that people wrote. */
export function readSources(root: string): SourceFile[] {
  return CODE_FOLDERS.filter((folder) => existsSync(posix.join(root, folder)))
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((path) => !path.startsWith("test/fixtures/"))
    .toSorted()
    .map((path) => parseSource(path, readFileSync(posix.join(root, path), "utf8")));
}

/** Parses one file. Good for the code of this repository, which the formatter has laid out; not a TypeScript parser. */
export function parseSource(path: string, text: string): SourceFile {
  const code = text.replaceAll(COMMENT_OR_STRING, (match) => (match.startsWith("/") ? "" : match));
  const bare = text.replaceAll(COMMENT_OR_STRING, (match) => (match.startsWith("`") ? match : ""));
  return { path, text, code, bare, lines: text.split("\n").length - 1, imports: parseImports(path, code) };
}

function parseImports(path: string, code: string): Import[] {
  const imports: Import[] = [];
  const add = (specifier: string, names: string, typeOnly: boolean): void => {
    const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : null;
    imports.push({ specifier, target, names, typeOnly });
  };
  for (const [, , type, names, specifier] of code.matchAll(FROM)) add(specifier!, names!, type !== undefined || namesOnlyTypes(names!));
  for (const [, specifier] of code.matchAll(BARE_IMPORT)) add(specifier!, "", false);
  for (const [, specifier] of code.matchAll(DYNAMIC_IMPORT)) add(specifier!, "", false);
  return imports;
}

/** `{ type A, type B }`: nothing of it is left when the types are gone. */
function namesOnlyTypes(names: string): boolean {
  if (!names.startsWith("{")) return false;
  return names
    .slice(1, -1)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .every((name) => name.startsWith("type "));
}
