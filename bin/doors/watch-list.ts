import { existsSync, globSync, readFileSync } from "node:fs";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { loadWatchList, type WatchListFiles } from "../../lib/watchlist/load-watch-list.ts";
import { renderProblem } from "../../lib/watchlist/render-problem.ts";
import type { Problem, WatchList } from "../../lib/watchlist/watch-list.ts";
import { watchListPath, type CommonOptions } from "./common-options.ts";

/** The file system as the watch list reads it. */
export const FILES: WatchListFiles = {
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
  list: (pattern, relativeTo) => globSync(pattern, { cwd: relativeTo }).toSorted(),
};

/** Reads the watch list. Throws SealwatchError `watch-list`, which lists every problem, if it has an error. */
export function readWatchList(options: CommonOptions): { watchList: WatchList; warnings: readonly Problem[] } {
  const path = watchListPath(options);
  if (!existsSync(path)) throw missingWatchList(options, path);
  const loaded = loadWatchList(path, FILES);
  if (loaded.kind === "loaded") return loaded;
  const errors = loaded.problems.filter((problem) => problem.severity === "error");
  const count = `${errors.length} problem${errors.length === 1 ? "" : "s"}`;
  throw new SealwatchError("watch-list", `${loaded.problems.map(renderHere).join("\n")}\n${count} in the watch list; nothing was done`);
}

/** Renders a problem with paths relative to the working directory. */
export function renderHere(problem: Problem): string {
  return renderProblem(problem, process.cwd());
}

/** Returns the error for a missing watch list. It says how to start, or which path was named. */
export function missingWatchList(options: CommonOptions, path: string): SealwatchError {
  const named = options.config ?? process.env["SEALWATCH_CONFIG"];
  if (named !== undefined && named !== "")
    return new SealwatchError("watch-list", `read the watch list: ${path} does not exist or cannot be read`);
  return new SealwatchError("watch-list", "No sealwatch.yaml. Start with: sealwatch init ghcr.io/you/app --write sealwatch.yaml");
}
