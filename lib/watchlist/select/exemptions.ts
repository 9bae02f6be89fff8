import { matchesGlob, parseGlob } from "./glob.ts";
import { compareVersionTags, parseVersionTag } from "./version-tag.ts";
import type { Exemption } from "../watch-list.ts";

/**
 * Returns the first exemption in force that names the repository and a pattern of the tag, or null. `now` is in epoch milliseconds, and the
 * last day counts in full. The comparison decides whether the exemption covers a digest and a cause (architecture section 5).
 */
export function findExemption(exemptions: readonly Exemption[], repositoryName: string, tag: string, now: number): Exemption | null {
  const covers = (pattern: string): boolean => {
    const parsed = parseGlob(pattern);
    return parsed.kind === "parsed" && matchesGlob(parsed.glob, tag);
  };
  return exemptions.find((entry) => entry.repository === repositoryName && now <= entry.until && entry.tags.some(covers)) ?? null;
}

/** Reports whether a tag is an earlier version than `signedSince`. A moving tag never is, because what it names changes. */
export function isBeforeSigningBegan(tag: string, signedSince: string): boolean {
  const [version, since] = [parseVersionTag(tag), parseVersionTag(signedSince)];
  return version !== null && since !== null && compareVersionTags(version, since) < 0;
}
