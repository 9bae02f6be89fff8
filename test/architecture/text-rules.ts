import { basename, dirname } from "node:path";
import { partOf, type Rule } from "./import-rules.ts";
import type { SourceFile } from "./source-file.ts";

const LINES_LIMIT = 300;
const MEDIAN_LIMIT_LINES = 100;
/** A folder that does not fit on a screen is a drawer, not a room. */
const FOLDER_LIMIT_FILES = 30;

// The brackets keep these patterns from finding themselves.
const UNFINISHED = /\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b/;
const SILENCED = /@ts-(?:ignor[e]|expect-erro[r]|nochec[k])|(?:ox|es)lint-disabl[e]/;

/** The clock, the environment and chance enter at the door: a night that cannot be replayed cannot be explained. */
const AMBIENT =
  /\bprocess\.env\b|\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|\bMath\.random\b|\bperformance\.now\b|\brandom(?:Bytes|UUID|Int)\b|\bgetRandomValues\b/;
const WITHOUT_AMBIENT_RULE = new Set(["lib/controls", "lib/stack"]);

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|table|property|contract|lambda|config|d|interop|aws))*\.ts$/;
const EMPTY_NAME = /^(?:utils?|helpers?|common|misc|shared)\.|-(?:utils|helpers|misc)\./;
const EXPORTED = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;
const EMPTY_VERB = /^export (?:async )?function ((?:handle|process|do|manage)(?=[A-Z])\w*)/gm;

export const findAmbientReads: Rule = (files) =>
  inLib(files)
    .filter((file) => !WITHOUT_AMBIENT_RULE.has(partOf(file.path)))
    .flatMap((file) => firstMatch(file, file.bare, AMBIENT));

export function findAsyncCode(isPure: (path: string) => boolean): Rule {
  return (files) =>
    files.filter((file) => isPure(file.path)).flatMap((file) => firstMatch(file, file.bare, /\basync\b|\bawait\b|\bPromise\b/));
}

export const findLongFiles: Rule = (files) =>
  files.filter((file) => file.lines > LINES_LIMIT).map((file) => `${file.path} has ${file.lines} lines`);

export const findHighMedian: Rule = (files) => {
  const lines = inLib(files)
    .map((file) => file.lines)
    .toSorted((a, b) => a - b);
  const median = lines[Math.floor(lines.length / 2)] ?? 0;
  return median >= MEDIAN_LIMIT_LINES ? [`the median file of lib has ${median} lines`] : [];
};

export const findFullFolders: Rule = (files) =>
  [...Map.groupBy(files, ({ path }) => dirname(path))]
    .filter(([folder, inside]) => !folder.startsWith("test") && inside.length > FOLDER_LIMIT_FILES)
    .map(([folder, inside]) => `${folder} has ${inside.length} files`);

/** What nobody imports is private to its file, or dead. Lambda calls `handler`; modules that are imported as a whole give all they have. */
export const findUnusedExports: Rule = (files) => {
  const used = new Set(
    files.flatMap(({ imports }) =>
      imports.flatMap(({ target, names }) =>
        names.startsWith("{") ? importedNames(names).map((name) => `${target} ${name}`) : [`${target} *`],
      ),
    ),
  );
  return files
    .filter(({ path }) => !path.startsWith("test/") && !used.has(`${path} *`))
    .flatMap(({ path, code }) => [...code.matchAll(EXPORTED)].map(([, name]) => `${path} ${name}`))
    .filter((name) => !used.has(name) && !/^lambdas\/[^/]+ handler$/.test(name))
    .map((name) => `${name} is exported and not imported`);
};

function importedNames(names: string): string[] {
  return [...names.matchAll(/(?:^|[{,])\s*(?:type\s+)?(\w+)/g)].map(([, name]) => name!);
}

/** A barrel hides where things are and makes every import reach everything. */
export const findBarrels: Rule = (files) =>
  files
    .filter((file) => basename(file.path) === "index.ts" || /^export \* from/m.test(file.code))
    .map((file) => `${file.path} is a barrel`);

export const findDefaultExports: Rule = (files) =>
  files
    .filter((file) => basename(file.path) !== "vitest.config.ts")
    .filter((file) => /^export default\b|\bas default\b/m.test(file.bare))
    .map((file) => `${file.path} has a default export`);

export const findUnfinishedWork: Rule = (files) => files.flatMap((file) => firstMatch(file, file.text, UNFINISHED));

export const findSilencedComplaints: Rule = (files) => files.flatMap((file) => firstMatch(file, file.text, SILENCED));

export const findEmptyNames: Rule = (files) =>
  files.flatMap((file) => {
    const name = basename(file.path);
    const verbs = [...file.code.matchAll(EMPTY_VERB)].map(([, verb]) => `${file.path} exports ${verb}`);
    return KEBAB_CASE.test(name) && !EMPTY_NAME.test(name) ? verbs : [`${file.path} is not named after what it exports`, ...verbs];
  });

function inLib(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => file.path.startsWith("lib/"));
}

function firstMatch(file: SourceFile, text: string, pattern: RegExp): string[] {
  const match = pattern.exec(text)?.[0];
  return match === undefined ? [] : [`${file.path} has ${match}`];
}
