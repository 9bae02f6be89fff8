import { chmod, cp, rm } from "node:fs/promises";
import { build } from "esbuild";

/**
 * Builds the command into dist/, because Node strips no types inside node_modules. The project's own code is bundled and split, so that
 * each command loads what it needs; dependencies stay outside and come with the package.
 */
await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: ["bin/sealwatch.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node24",
  packages: "external",
  banner: { js: "#!/usr/bin/env node" },
  logLevel: "warning",
});
await chmod("dist/sealwatch.js", 0o755);
await cp("lib/watchlist/sealwatch.schema.json", "dist/sealwatch.schema.json", { force: true }).catch((error: unknown) => {
  throw new Error("build: the watch list's schema is missing", { cause: error });
});
