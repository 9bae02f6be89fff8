import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { loadWatchList, type LoadedWatchList, type WatchListFiles } from "../../lib/watchlist/load-watch-list.ts";
import { renderProblem } from "../../lib/watchlist/render-problem.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";

const FOLDER = "/watch";

function publicPem(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }).toString();
}

export const RELEASE_PEM = publicPem();
export const PRIVATE_PEM = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
export const CERTIFICATE_PEM = readFileSync("test/fixtures/keys/notation.crt", "utf8");

/** Files that lie beside every watch list of a test. */
const BESIDE: Readonly<Record<string, string>> = {
  "keys/release.pub": RELEASE_PEM,
  "keys/second.pub": publicPem(),
  "keys/ca.pem": CERTIFICATE_PEM,
  "keys/ops.asc": readFileSync("test/fixtures/keys/gpg.asc", "utf8"),
};

/** A policy and a repository, for tests of something else; without `version:`. */
export const MINIMAL = `
policies: { p: { signers: [{ key: keys/release.pub }] } }
repositories: [{ repository: ghcr.io/acme/app, policy: p }]
`;

/** Loads a watch list of the given text as `/watch/sealwatch.yaml`, with further files beside it. */
export function loadFromText(text: string, others: Readonly<Record<string, string>> = {}, now: number | null = null): LoadedWatchList {
  const files = new Map(
    Object.entries({ ...BESIDE, ...others, "sealwatch.yaml": text }).map(([name, content]) => [`${FOLDER}/${name}`, content]),
  );
  const reader: WatchListFiles = {
    read: (path) => files.get(path) ?? null,
    list: (pattern, relativeTo) => [...files.keys()].filter((path) => matchesGlob(path, `${relativeTo}/${pattern}`)),
  };
  return loadWatchList(`${FOLDER}/sealwatch.yaml`, reader, now);
}

/** The watch list of a text that has no error. */
export function loaded(text: string, others: Readonly<Record<string, string>> = {}): WatchList {
  const result = loadFromText(text, others);
  if (result.kind === "invalid") throw new Error(linesOf(result).join("\n"));
  return result.watchList;
}

/** Every problem as a person reads it. */
export function linesOf(result: LoadedWatchList): string[] {
  return (result.kind === "loaded" ? result.warnings : result.problems).map((problem) => renderProblem(problem, FOLDER));
}

/** `code line:column` of every error, and `~code line:column` of every warning. */
export function codesOf(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const result = loadFromText(text, others);
  const problems = result.kind === "loaded" ? result.warnings : result.problems;
  return problems.map(({ severity, code, line, column }) => `${severity === "warning" ? "~" : ""}${code} ${line}:${column}`);
}
