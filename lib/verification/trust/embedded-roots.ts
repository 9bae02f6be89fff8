import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import githubRoot from "./github-trusted-root.json" with { type: "json" };
import githubMetadata from "./github-tuf-root.json" with { type: "json" };
import type { NamedRoot, NamedRootName } from "./trust-store.ts";

const PUBLIC_GOOD = "https://tuf-repo-cdn.sigstore.dev";

/**
 * The copies that come with Sealwatch. No network failure leads to anything older. Each may be relied on as long as the root metadata under
 * which it was published: Sigstore's lies in @sigstore/tuf, GitHub's was taken from https://tuf-repo.github.com
 * (root metadata 9) and is checked there by `gh attestation trusted-root`.
 */
export function embeddedRoot(name: NamedRootName): NamedRoot {
  if (name === "github") return { text: JSON.stringify(githubRoot), usableUntil: Date.parse(githubMetadata.signed.expires) };
  const { "root.json": metadata, targets } = seeds[PUBLIC_GOOD];
  const root = JSON.parse(decode(metadata)) as { signed: { expires: string } };
  return { text: decode(targets["trusted_root.json"]), usableUntil: Date.parse(root.signed.expires) };
}

/** The metadata with which a client starts to follow GitHub's roots. */
export function githubRootMetadata(): string {
  return JSON.stringify(githubMetadata);
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
