import { existsSync } from "node:fs";
import { loadWatchList } from "../../lib/watchlist/load-watch-list.ts";
import { readNow, watchListPath, type CommonOptions } from "../doors/common-options.ts";
import { FILES, missingWatchList, renderHere } from "../doors/watch-list.ts";

/** Prints every problem of the watch list, one on each line. Returns 2 if the watch list cannot be used, else 0. */
export async function lint(options: CommonOptions): Promise<number> {
  const path = watchListPath(options);
  if (!existsSync(path)) throw missingWatchList(options, path);
  const loaded = loadWatchList(path, FILES, readNow(options).now);
  const problems = loaded.kind === "loaded" ? loaded.warnings : loaded.problems;
  for (const problem of problems) process.stdout.write(`${renderHere(problem)}\n`);
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = count(problems.length - errors, "warning", "warnings");
  if (loaded.kind !== "loaded") {
    process.stdout.write(`${count(errors, "error", "errors")}, ${warnings}\n`);
    return 2;
  }
  const { repositories, patterns, policies } = loaded.watchList;
  const entries = count(repositories.length + patterns.length, "repository entry", "repository entries");
  process.stdout.write(`${entries}, ${count(policies.size, "policy", "policies")}, ${warnings}\n`);
  return 0;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
