import { LineCounter, parseDocument, type ErrorCode, type YAMLError } from "yaml";
import { reportError, type SourceFile, type WatchListFiles, type YamlValue } from "./source-file.ts";
import type { Problem } from "../watch-list.ts";
import { wrapNode } from "./wrap-node.ts";

/** Common mistakes in YAML. For any other, the parser's own sentence is shown. */
const EXPLANATIONS: Readonly<Partial<Record<ErrorCode, readonly [message: string, remedy: string]>>> = {
  DUPLICATE_KEY: ["a key that stands here already", "write each key once"],
  MULTIPLE_DOCS: [`a second document after "---"`, "write one document, and name further files under include:"],
  TAB_AS_INDENT: ["a tab used to indent", "write spaces"],
  BAD_INDENT: [
    "a line that is not indented far enough, or a bracket that is never closed",
    "indent it like its neighbours, and close every bracket",
  ],
  MISSING_CHAR: ["a bracket, brace, comma or quote that is missing", "write it, or put the text in quotes"],
  TAG_RESOLVE_FAILED: ["a YAML tag that means nothing here", "write the value without a tag"],
  BAD_ALIAS: ["an alias without its anchor", "write the value itself"],
};

/** Parses the text of one file. Syntax errors become problems. The result is null after any but a duplicate key. */
export function parseSource(text: string, path: string, files: WatchListFiles, problems: Problem[]): YamlValue | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2", strict: true });
  const file: SourceFile = { path, document, lines, files, problems };
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  for (const error of errors) {
    const [message, remedy] = EXPLANATIONS[error.code] ?? [`a fault in the YAML: ${error.message.split("\n")[0]}`, "write valid YAML"];
    const code = error.code === "DUPLICATE_KEY" ? "duplicate-key" : "yaml-syntax";
    reportError({ file, start: error.pos[0] }, code, `found ${message}`, remedy);
  }
  return errors.some((error) => error.code !== "DUPLICATE_KEY") ? null : wrapNode(document.contents, file, "the watch list", 0);
}
