import { relative } from "node:path";
import { escapeUnprintable } from "./read/quote-found.ts";
import type { Problem } from "./watch-list.ts";

/** Renders a problem as one line: `sealwatch.yaml:12:7: error: found …; write …`. Files below the absolute `base` are relative to it. */
export function renderProblem({ file, line, column, severity, message, remedy }: Problem, base: string): string {
  const nearby = relative(base, file);
  const shown = nearby === "" || nearby.startsWith("..") ? file : nearby;
  return escapeUnprintable(`${shown}:${line}:${column}: ${severity}: ${message}; ${remedy}`);
}
