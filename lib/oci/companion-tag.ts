import { hexOf, type Digest } from "./digest.ts";

/** The suffixes of cosign's companion tags. Only cosign 0.1 to 0.3 wrote `.cosign`. */
export type CompanionSuffix = ".sig" | ".att" | ".sbom" | ".cosign";

interface CompanionTag {
  readonly prefix: string;
  readonly algorithm: "sha256" | "sha512";
  /** 64 hex digits. The referrers tag schema keeps only the first 64 of a sha512 digest. */
  readonly hex: string;
  readonly suffix: CompanionSuffix | "";
}

const COMPANION = /^(?<prefix>.*?)(?<algorithm>sha256|sha512)-(?<hex>[0-9a-f]{64})(?<suffix>\.(?:sig|att|sbom|cosign))?$/;

/** Parses the companion tag of a digest, with any prefix (cosign's `--attachment-tag-prefix`). Returns null for any other tag. */
export function parseCompanionTag(tag: string): CompanionTag | null {
  const groups = COMPANION.exec(tag)?.groups;
  if (!groups) return null;
  return {
    prefix: groups["prefix"] ?? "",
    algorithm: groups["algorithm"] as "sha256" | "sha512",
    hex: groups["hex"]!,
    suffix: (groups["suffix"] ?? "") as CompanionSuffix | "",
  };
}

/** Returns cosign's tag for a digest: `[prefix]sha256-<hex>.sig`. */
export function cosignTag(digest: Digest, suffix: CompanionSuffix, prefix = ""): string {
  return `${prefix}${digest.replace(":", "-")}${suffix}`;
}

/** Returns the referrers tag: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema */
export function referrersTag(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(":")).slice(0, 32)}-${hexOf(digest).slice(0, 64)}`;
}
