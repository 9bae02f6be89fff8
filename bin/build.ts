import { chmod, copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { buildFunctions } from "./build-functions.ts";

/** https://spdx.org/licenses/ISC.html */
const ISC = `ISC License

NOTICE

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the
above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
`;

/**
 * Builds the command into dist/, because Node strips no types inside node_modules. Everything is bundled and split, so that each command
 * loads only what it needs. An audit of one release starts a fifth faster than with separate packages.
 */
const OUT = "dist";
// What was built before packing stays.
for (const made of ["parts", "lambdas"]) await rm(join(OUT, made), { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { command: "bin/sealwatch.ts" },
  outdir: join(OUT, "parts"),
  bundle: true,
  splitting: true,
  chunkNames: "[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node24",
  metafile: true,
  // CommonJS packages load Node's own modules by require.
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
  logLevel: "warning",
});

// The young generation stays as small as it starts: an audit throws away what it read, and collects as fast in a third of the memory. The
// old one is collected when it has grown by a fifth, so that thousands of releases take little more than their own size. An older Node
// would fail with a riddle. Compiled code is kept between starts: https://nodejs.org/api/module.html#module-compile-cache
const start = `#!/usr/bin/env node
if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write("sealwatch needs Node 24 or later; this is " + process.version + "\\n");
  process.exit(2);
}
const { enableCompileCache } = await import("node:module");
enableCompileCache();
const { setFlagsFromString } = await import("node:v8");
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=20");
await import("./parts/command.js");
`;
await writeFile(join(OUT, "sealwatch.js"), start);
await chmod(join(OUT, "sealwatch.js"), 0o755);
await copyFile("lib/watchlist/sealwatch.schema.json", join(OUT, "sealwatch.schema.json"));
await copyFile("lib/report/report.schema.json", join(OUT, "report.schema.json"));
const functions = await buildFunctions(join(OUT, "lambdas"));
await writeFile(join(OUT, "LICENSES.txt"), await collectLicences([...Object.keys(metafile.inputs), ...functions]));

/** Collects the licences of all bundled packages. */
async function collectLicences(inputs: readonly string[]): Promise<string> {
  const names = inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  const texts = [...new Set(names)].toSorted().map(async (name) => {
    const folder = join("node_modules", name);
    return `${name}\n\n${await readLicence(name, folder)}`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`);
}

/** Reads the licence of a package. One without a file still names its licence; Apache-2.0 is our own. */
async function readLicence(name: string, folder: string): Promise<string> {
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return readFile(join(folder, file), "utf8");
  const { license, author } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { license?: string; author?: unknown };
  // This licence asks for no notice to be kept.
  if (license === "MIT-0") return "MIT-0: https://spdx.org/licenses/MIT-0.html\n";
  if (license === "ISC" && typeof author === "string") return ISC.replace("NOTICE", `Copyright ${author}`);
  if (license !== "Apache-2.0") throw new Error(`build: ${name} is bundled and has no licence file`);
  return `${typeof author === "string" ? `Copyright ${author}\n\n` : ""}${await readFile("LICENSE", "utf8")}`;
}
