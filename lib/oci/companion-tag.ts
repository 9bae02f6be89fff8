import { hexOf, type Digest } from "./digest.ts";

/** Suffixes of cosign's companion tags; `.cosign` was written by cosign 0.1 to 0.3 only. */
export type CompanionSuffix = ".sig" | ".att" | ".sbom" | ".cosign";

interface CompanionTag {
  readonly prefix: string;
  readonly algorithm: "sha256" | "sha512";
  /** 64 hex digits: for sha512 the referrers tag schema keeps the first 64 only. */
  readonly hex: string;
  readonly suffix: CompanionSuffix | "";
}

const COMPANION = /^(?<prefix>.*?)(?<algorithm>sha256|sha512)-(?<hex>[0-9a-f]{64})(?<suffix>\.(?:sig|att|sbom|cosign))?$/;

/**
 * Reads a tag as a companion of a digest, with any prefix in front (cosign's `--attachment-tag-prefix`),
 * or null for an ordinary tag. A companion is never a release.
 */
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

/** cosign's tag for a digest: `[prefix]sha256-<hex>.sig`. */
export function cosignTag(digest: Digest, suffix: CompanionSuffix, prefix = ""): string {
  return `${prefix}${digest.replace(":", "-")}${suffix}`;
}

/**
 * The referrers tag schema: algorithm cut to 32 characters, `-`, encoded part cut to 64.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(":")).slice(0, 32)}-${hexOf(digest).slice(0, 64)}`;
}
