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

/** A registry in a process of its own, so that what it costs is not counted as the audit's. Arguments: releases, api or plain, further tags. */
const [releases, api, others = "0"] = process.argv.slice(2);
const registry = await startRegistry({ referrersApi: api === "api" });
const key = newKeyPair();

function push(version: number): void {
  const image = buildImage({ seed: `release ${version}` });
  pushArtifact(registry.store, "app", image, `1.0.${version}`);
  signSimple(registry, "app", image, key);
}

for (let version = 0; version < Number(releases); version++) push(version);
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
