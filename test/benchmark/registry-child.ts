import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";

/** What the benchmark asks of the registry's process. */
export type Command =
  | { readonly ask: "push"; readonly version: number }
  | { readonly ask: "count" }
  | { readonly ask: "latency"; readonly milliseconds: number };
export interface Started {
  readonly host: string;
  readonly pem: string;
}
export interface Counted {
  readonly requests: number;
}

/**
 * A registry in a process of its own, so that what it costs is not counted as the audit's. Arguments: releases of a repository, api or
 * plain, further tags of the first one, repositories (`app`, `app-1`, …).
 */
const [releases, api, others = "0", repositories = "1"] = process.argv.slice(2);
const registry = await startRegistry({ referrersApi: api === "api" });
const key = newKeyPair();

function push(version: number, repository = "app"): void {
  const image = buildImage({ seed: `release ${version} of ${repository}` });
  pushArtifact(registry.store, repository, image, `1.0.${version}`);
  signSimple(registry, repository, image, key);
}

for (let at = 0; at < Number(repositories); at++)
  for (let version = 0; version < Number(releases); version++) push(version, at === 0 ? "app" : `app-${at}`);
// What builds leave behind: tags that are no releases.
const build = buildImage({ seed: "build" });
if (Number(others) > 0) pushArtifact(registry.store, "app", build, "build-0");
for (let at = 1; at < Number(others); at++) registry.store.tag("app", `build-${at}`, build.digest);
process.on("message", (command: Command) => {
  if (command.ask === "push") push(command.version);
  if (command.ask === "latency") registry.setOptions({ latencyMs: command.milliseconds });
  const counted: Counted = { requests: registry.requests.count() };
  registry.requests.clear();
  process.send?.(counted);
});
process.send?.({ host: registry.host, pem: key.pem } satisfies Started);
