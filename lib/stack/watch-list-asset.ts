import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { aws_s3_assets as assets } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { loadWatchList } from "../watchlist/load-watch-list.ts";
import { packWatchList } from "../watchlist/record/pack-watch-list.ts";
import { renderProblem } from "../watchlist/render-problem.ts";
import type { WatchList } from "../watchlist/watch-list.ts";

/** Packs the watch list with everything that it names into one file. Throws an Error with every problem, by file, line and column. */
export function createWatchListAsset(scope: Construct, path: string): { readonly watchList: WatchList; readonly asset: assets.Asset } {
  const loaded = loadWatchList(resolve(path), {
    read(file) {
      try {
        return readFileSync(file, "utf8");
      } catch {
        return null;
      }
    },
    list: (pattern, relativeTo) => globSync(pattern, { cwd: relativeTo }).toSorted(),
  });
  if (loaded.kind === "invalid") {
    const problems = loaded.problems.map((problem) => renderProblem(problem, process.cwd())).join("\n");
    throw new Error(`the watch list ${path} is wrong; nothing was synthesized\n${problems}`);
  }
  const undeployable = findUndeployable(loaded.watchList);
  if (undeployable.length > 0) throw new Error(`the watch list ${path} cannot be deployed\n${undeployable.join("\n")}`);
  const directory = mkdtempSync(join(tmpdir(), "sealwatch-watchlist-"));
  try {
    const file = join(directory, "watchlist.json");
    writeFileSync(file, packWatchList(loaded.watchList));
    // The cloud assembly has a copy of the file.
    return { watchList: loaded.watchList, asset: new assets.Asset(scope, "WatchList", { path: file }) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Returns a line for each setting of a watch list that a function cannot use, because it has no files, variables or logins. Without
 * credentials, the function's role reads a registry of ECR, and other registries are read anonymously.
 */
function findUndeployable({ registries, channels, heartbeat }: WatchList): string[] {
  const settings = [...registries.values()];
  const places: (readonly [where: string, reference: string | null])[] = [
    ...settings.map(({ host, credentials }) => [`registries.${host}.credentials`, credentials] as const),
    ...settings.map(({ host, clientKey }) => [`registries.${host}.clientKey`, clientKey === null ? null : asReference(clientKey)] as const),
    ...channels.flatMap((channel) =>
      channel.kind === "webhook"
        ? [[`notify ${channel.name}: url`, channel.url] as const, [`notify ${channel.name}: secret`, channel.secret] as const]
        : [],
    ),
    ["heartbeat", heartbeat],
  ];
  return places.flatMap(([where, reference]) =>
    reference !== null && /^(?:docker$|env:|file:)/.test(reference)
      ? `${where}: a function has neither logins nor files nor variables: found ${reference.split(":")[0]}; write awssecret:///NAME`
      : [],
  );
}

/** A key named by its path is in a file. */
function asReference(key: string): string {
  return /^(?:env|file|awssecret):/.test(key) ? key : `file:${key}`;
}
