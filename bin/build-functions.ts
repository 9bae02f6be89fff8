import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** The functions of a deployment. Each has a folder, so that nothing else is deployed with it. */
const FUNCTIONS = ["plan", "audit", "conclude"] as const;

/**
 * The part of undici that a function needs: pools of connections. Its index brings fetch, mocks and caches, and its parser comes again
 * without SIMD, which every processor of Lambda has, and as an experiment. A function never uses a proxy.
 */
const POOL = `
  export { default as Pool } from "undici/lib/dispatcher/pool.js";
  export class ProxyAgent { constructor() { throw new TypeError("a function asks registries without a proxy"); } }
`;
const SLIM_UNDICI: Plugin = {
  name: "slim-undici",
  setup(bundle) {
    bundle.onResolve({ filter: /^undici$/ }, () => ({ path: "pool", namespace: "slim-undici" }));
    bundle.onLoad({ filter: /^pool$/, namespace: "slim-undici" }, () => ({ contents: POOL, resolveDir: process.cwd() }));
    bundle.onResolve({ filter: /\/(?:llhttp\/llhttp-wasm|milo\/(?:no-)?simd)\.js$/ }, () => ({ path: "absent", namespace: "slim-undici" }));
    bundle.onLoad({ filter: /^absent$/, namespace: "slim-undici" }, () => ({ contents: "module.exports = undefined;" }));
  },
};

/** A function has its credentials in its environment. The SDK's chain of other sources would be a tenth of its bundle. */
const FUNCTION_CREDENTIALS = `
  export const defaultProvider = () => async () => ({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
`;
const SLIM_SDK: Plugin = {
  name: "slim-sdk",
  setup(bundle) {
    bundle.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: "environment", namespace: "slim-sdk" }));
    bundle.onLoad({ filter: /^environment$/, namespace: "slim-sdk" }, () => ({ contents: FUNCTION_CREDENTIALS }));
  },
};

/** Bundles each function into `<out>/<name>/index.mjs`, with chunks beside it. Returns the inputs of the bundles, for the licences. */
export async function buildFunctions(out: string): Promise<string[]> {
  const builds = FUNCTIONS.map((name) =>
    build({
      entryPoints: [`lambdas/${name}.ts`],
      outdir: join(out, name),
      entryNames: "index",
      outExtension: { ".js": ".mjs" },
      // What a night rarely needs, such as reports, is a file that is only read when it is needed.
      splitting: true,
      chunkNames: "[name]-[hash]",
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node24",
      mainFields: ["module", "main"],
      metafile: true,
      banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
      plugins: [SLIM_UNDICI, SLIM_SDK],
      logLevel: "warning",
    }),
  );
  return (await Promise.all(builds)).flatMap(({ metafile }) => Object.keys(metafile.inputs));
}
