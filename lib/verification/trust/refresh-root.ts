import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { initTUF } from "@sigstore/tuf";
import { embeddedRoot, githubRootMetadata } from "./embedded-roots.ts";
import { parseTrustedRoot } from "./parse-trusted-root.ts";
import type { NamedRoot, NamedRootName } from "./trust-store.ts";

/** Where each named root is published, by TUF. https://docs.sigstore.dev/about/security/#sigstores-root-of-trust */
const MIRRORS: Readonly<Record<NamedRootName, string>> = {
  "public-good": "https://tuf-repo-cdn.sigstore.dev",
  github: "https://tuf-repo.github.com",
};
const TARGET = "trusted_root.json";

export interface RefreshOptions {
  /** A folder of our own, which keeps what was fetched between runs. */
  readonly cachePath: string;
  readonly timeoutMilliseconds: number;
  /** Another address to fetch from, in tests. */
  readonly mirror?: { readonly url: string; readonly rootPath: string };
}

export interface RefreshedRoot {
  readonly root: NamedRoot;
  /** Why an older copy is used, as a sentence without trailing stop; null if the root was fetched. */
  readonly warning: string | null;
}

/**
 * Returns the newest trusted root that can be obtained: fetched by TUF, else the copy that was fetched last, else the one that comes with
 * Sealwatch. Never throws: if the network fails, the material is older, and its user judges how old it may be.
 */
export async function refreshRoot(name: NamedRootName, options: RefreshOptions): Promise<RefreshedRoot> {
  const mirror = options.mirror?.url ?? MIRRORS[name];
  const folder = folderOf(mirror, options.cachePath);
  try {
    const bootstrap = options.mirror ? { rootPath: options.mirror.rootPath } : await bootstrapOf(name, options.cachePath);
    const tuf = await initTUF({
      ...bootstrap,
      mirrorURL: mirror,
      cachePath: options.cachePath,
      retry: 0,
      timeout: options.timeoutMilliseconds,
    });
    const text = await tuf.getTarget(TARGET);
    return { root: { text, usableUntil: await expiryOf(folder) }, warning: null };
  } catch (error) {
    const kept = await readKept(folder);
    const root = kept ?? embeddedRoot(name);
    const day = new Date(root.usableUntil).toISOString().slice(0, 10);
    const which = kept ? "the copy that was fetched last" : "the copy that comes with Sealwatch";
    return {
      root,
      warning: `the trusted root ${name} could not be fetched from ${mirror} (${reasonOf(error)}); ${which} is used, good until ${day}`,
    };
  }
}

/** Returns the copy of a root that was fetched last, else the one that comes with Sealwatch. It sends no request and writes nothing. */
export async function loadKeptRoot(name: NamedRootName, cachePath: string): Promise<NamedRoot> {
  return (await readKept(folderOf(MIRRORS[name], cachePath))) ?? embeddedRoot(name);
}

function folderOf(mirror: string, cachePath: string): string {
  const { host, pathname } = new URL(mirror);
  return join(cachePath, encodeURIComponent(host + pathname.replace(/\/$/, "")));
}

/** Sigstore's own first metadata comes with the library; GitHub's comes with us. */
async function bootstrapOf(name: NamedRootName, cachePath: string): Promise<{ rootPath?: string }> {
  if (name !== "github") return {};
  const path = join(cachePath, "github-tuf-root.json");
  await mkdir(cachePath, { recursive: true });
  await writeFile(path, githubRootMetadata());
  return { rootPath: path };
}

/** Only a fetched copy counts: the library puts its own copy into its folder before it tries to fetch. */
async function readKept(folder: string): Promise<NamedRoot | null> {
  try {
    if (!existsSync(join(folder, "timestamp.json"))) return null;
    const text = await readFile(join(folder, "targets", TARGET), "utf8");
    return parseTrustedRoot(text).kind === "parsed" ? { text, usableUntil: await expiryOf(folder) } : null;
  } catch {
    return null;
  }
}

async function expiryOf(folder: string): Promise<number> {
  const metadata = JSON.parse(await readFile(join(folder, "root.json"), "utf8")) as { signed: { expires: string } };
  return Date.parse(metadata.signed.expires);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const deepest = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return deepest instanceof Error ? deepest.message.slice(0, 200) : "unknown reason";
}
