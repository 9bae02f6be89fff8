import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Builds the construct for the apps of others into `<out>/sealwatch.js`, with its types, because Node strips no types inside node_modules.
 * It runs before packing only; a checkout deploys bin/cdk.ts.
 */
const [out = join("dist", "stack")] = process.argv.slice(2);
const ENTRY = "lib/stack/sealwatch.ts";
await mkdir(out, { recursive: true });
await build({
  entryPoints: [ENTRY],
  outfile: join(out, "sealwatch.js"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // Constructs must come from the app's own copy.
  external: ["aws-cdk-lib", "constructs"],
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
  logLevel: "warning",
});
const types = await mkdtemp(join(tmpdir(), "sealwatch-types-"));
// Types of this one file only. The entire project would take ten times as long.
const emit = ["--ignoreConfig", ENTRY, "--declaration", "--emitDeclarationOnly", "--rootDir", ".", "--outDir", types];
// As tsconfig.json has it, or other types would be inferred than the code was written with.
const like = ["--target", "es2025", "--module", "nodenext", "--types", "node", "--skipLibCheck", "--allowImportingTsExtensions"];
const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
execFileSync(join("node_modules", ".bin", "tsc"), [...emit, ...like, ...strict], { stdio: "inherit" });
await copyFile(join(types, "lib", "stack", "sealwatch.d.ts"), join(out, "sealwatch.d.ts"));
await rm(types, { recursive: true });
