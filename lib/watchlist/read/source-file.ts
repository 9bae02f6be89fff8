import { dirname, isAbsolute, join, relative } from "node:path";
import type { Alias, Document, LineCounter, Node } from "yaml";
import type { Position, Problem } from "../watch-list.ts";

/** The files that a watch list may name. Paths to read are absolute. */
export interface WatchListFiles {
  /** Returns the text of a file, or null if there is no readable one. */
  read(path: string): string | null;
  /** Returns the files that match a glob; both are absolute, or relative to the folder. */
  list(pattern: string, relativeTo: string): string[];
}

/** One file of a watch list while it is read. All its files share one list of problems. */
export interface SourceFile {
  readonly path: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly files: WatchListFiles;
  readonly problems: Problem[];
}

/** A value with its position. `label` names it in messages: its key, or the key of its list. */
export interface YamlValue {
  readonly file: SourceFile;
  readonly node: Exclude<Node, Alias> | null;
  /** Offset in the text. */
  readonly start: number;
  readonly label: string;
}

/** Something that a problem can point to. */
export type Spot = Pick<YamlValue, "file" | "start">;

/** Reports an error, which keeps the watch list from being used. Returns null, so that a reader can end with it. */
export function reportError(spot: Spot, code: string, message: string, remedy: string): null {
  spot.file.problems.push({ ...positionOf(spot), severity: "error", code, message, remedy });
  return null;
}

/** Reports something that is allowed but weak, useless or not supported yet. */
export function reportWarning(spot: Spot, code: string, message: string, remedy: string): void {
  spot.file.problems.push({ ...positionOf(spot), severity: "warning", code, message, remedy });
}

/** Reports something that is allowed but that this version cannot use yet. */
export function reportNotBuilt(spot: Spot, what: string, consequence: string): void {
  reportWarning(spot, "not-built", `found ${what}, which this version cannot use yet`, consequence);
}

function positionOf({ file, start }: Spot): Position {
  const { line, col } = file.lines.linePos(start);
  return { file: file.path, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Names a spot in a message about another: `line 12`, with the file if it is another one. */
export function nameOf(spot: Spot, seenFrom: Spot): string {
  const { line } = positionOf(spot);
  return spot.file === seenFrom.file ? `line ${line}` : `${relative(dirname(seenFrom.file.path), spot.file.path)}:${line}`;
}

/** Resolves a path of the watch list, relative to the file that names it. */
export function resolvePath(file: SourceFile, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file.path), path);
}
