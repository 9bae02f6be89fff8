import { parseSource } from "./parse-source.ts";
import { quoteFound } from "./quote-found.ts";
import { readInteger, readMapping, readTexts, type Fields } from "./read-value.ts";
import { reportError, resolvePath, type Spot, type WatchListFiles, type YamlValue } from "./source-file.ts";
import type { Problem } from "../watch-list.ts";

/** Keys of every file of a watch list. */
const SHARED_KEYS = ["version", "include", "defaults", "policies", "repositories", "registries", "exemptions", "notify"] as const;
/** Keys of the first file only: they apply to the complete run. */
const RUN_KEYS = ["heartbeat", "storm", "reports", "controls"] as const;

export type FileKey = (typeof SHARED_KEYS)[number] | (typeof RUN_KEYS)[number];

/** One file of a watch list, by its keys. */
export interface LoadedFile {
  readonly root: YamlValue;
  readonly fields: Fields<FileKey>;
}

const FILES_LIMIT = 1000;
const VERSION = 1;

/**
 * Reads the file and, depth first, the files that it includes, each once. It reports a file that includes itself, directly or not, patterns
 * without a file, and text that is no YAML.
 */
export function loadFiles(path: string, files: WatchListFiles, problems: Problem[]): LoadedFile[] {
  const text = files.read(path);
  if (text === null) {
    const [message, remedy] = ["found no readable file", "write the path of a watch list"];
    problems.push({ file: path, line: 1, column: 1, severity: "error", code: "missing-file", message, remedy });
    return [];
  }
  const loaded = new Map<string, LoadedFile | null>();
  loadText(text, path, [], { files, problems, loaded });
  return [...loaded.values()].filter((file) => file !== null);
}

interface Loading {
  readonly files: WatchListFiles;
  readonly problems: Problem[];
  readonly loaded: Map<string, LoadedFile | null>;
}

function loadText(text: string, path: string, including: readonly string[], loading: Loading): void {
  loading.loaded.set(path, null);
  const root = parseSource(text, path, loading.files, loading.problems);
  if (root === null) return;
  const first = including.length === 0;
  const known: readonly FileKey[] = first ? [...SHARED_KEYS, ...RUN_KEYS] : SHARED_KEYS;
  const fields = readMapping(root, known);
  if (fields === null) return;
  loading.loaded.set(path, { root, fields });
  if (first && fields.version === undefined)
    reportError(root, "missing-key", "found no version in the watch list", `write version: ${VERSION}`);
  reportOtherVersion(fields.version);
  for (const { text: pattern, at } of readTexts(fields.include, { empty: true }) ?? []) include(pattern, at, [...including, path], loading);
}

function reportOtherVersion(value: YamlValue | undefined): void {
  const version = readInteger(value, { least: 0, most: Number.MAX_SAFE_INTEGER });
  if (version === null || version === VERSION || value === undefined) return;
  reportError(value, "unknown-version", `found version ${version} of the watch list`, `write version: ${VERSION}`);
}

function include(pattern: string, at: YamlValue, including: readonly string[], loading: Loading): void {
  const paths = loading.files.list(pattern, resolvePath(at.file, ".")).map((path) => resolvePath(at.file, path));
  if (paths.length === 0)
    reportError(at, "missing-file", `found no file for ${quoteFound(pattern)}`, "write a path or glob relative to this file");
  for (const path of paths.toSorted()) {
    const message = `found ${quoteFound(pattern)}, which includes a file that includes this one`;
    if (including.includes(path)) reportError(at, "include-cycle", message, "write a pattern without it");
    else if (!loading.loaded.has(path)) includeFile(path, pattern, at, including, loading);
  }
}

function includeFile(path: string, pattern: string, at: Spot, including: readonly string[], loading: Loading): void {
  const text = loading.files.read(path);
  if (text === null) reportError(at, "missing-file", `found a file for ${quoteFound(pattern)} that cannot be read`, "make it readable");
  else if (loading.loaded.size >= FILES_LIMIT)
    reportError(at, "too-many-files", `found more than ${FILES_LIMIT} files`, "write fewer, larger files");
  else loadText(text, path, including, loading);
}
