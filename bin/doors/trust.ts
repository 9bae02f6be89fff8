import { homedir } from "node:os";
import { join } from "node:path";
import { escapeText } from "../../lib/text/escape.ts";
import {
  createTrustStore,
  namedRootsOf,
  type NamedRoot,
  type NamedRootName,
  type TrustStore,
} from "../../lib/verification/trust/trust-store.ts";
import type { WatchedRepository } from "../../lib/watchlist/watch-list.ts";

/** Long enough for a slow proxy, and short enough if there is no network. */
const TIMEOUT_MILLISECONDS = 5000;

type Entries = readonly Pick<WatchedRepository, "policy">[];

/** Opens the trust material of the policies, and reports on stderr if it is an older copy. Asks nobody if no root is named. */
export async function openTrust(entries: Entries, now: number): Promise<TrustStore> {
  return openRoots(rootsOf(entries), now);
}

/** Opens the trust material that was fetched last or comes with Sealwatch. It asks nobody and writes nothing. */
export async function openKeptTrust(entries: Entries, now: number): Promise<TrustStore> {
  const names = rootsOf(entries);
  const roots = new Map<string, NamedRoot>();
  if (names.length > 0) {
    const { loadKeptRoot } = await import("../../lib/verification/trust/refresh-root.ts");
    for (const name of names) roots.set(name, await loadKeptRoot(name, options().cachePath));
  }
  return createTrustStore(roots, now);
}

/** Opens the roots of these names. */
export async function openRoots(names: readonly NamedRootName[], now: number): Promise<TrustStore> {
  if (names.length === 0) return createTrustStore(new Map(), now);
  const { refreshRoot } = await import("../../lib/verification/trust/refresh-root.ts");
  const roots = new Map<string, NamedRoot>();
  const refresh = async (name: NamedRootName): Promise<void> => {
    const { root, warning } = await refreshRoot(name, options());
    if (warning !== null) process.stderr.write(`warning: ${escapeText(warning)}\n`);
    roots.set(name, root);
  };
  await Promise.all(names.map((name) => refresh(name)));
  return createTrustStore(roots, now);
}

function rootsOf(entries: Entries): NamedRootName[] {
  return [...new Set(entries.flatMap(({ policy }) => namedRootsOf(policy)))];
}

function options(): { cachePath: string; timeoutMilliseconds: number } {
  const cache = process.env["XDG_CACHE_HOME"] ?? "";
  return {
    cachePath: join(cache === "" ? join(homedir(), ".cache") : cache, "sealwatch", "trust"),
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  };
}
