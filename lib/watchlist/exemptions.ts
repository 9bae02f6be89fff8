import { matchesGlob } from "node:path";
import { compareVersionTags, parseVersionTag } from "./version-tag.ts";
import type { Exemption } from "./watch-list.ts";

/** The first exemption in force that speaks of this tag, or null. `now` in epoch milliseconds; the last day counts whole (UTC). */
export function findExemption(exemptions: readonly Exemption[], repository: string, tag: string, now: number): Exemption | null {
  const speaksOf = (exemption: Exemption): boolean =>
    exemption.repository === repository && now <= exemption.until && exemption.tags.some((pattern) => matchesGlob(tag, pattern));
  return exemptions.find(speaksOf) ?? null;
}

/** Whether a version tag stands before the version with which signing began. A moving tag never does. */
export function isBeforeSigningBegan(tag: string, signedSince: string): boolean {
  const [version, since] = [parseVersionTag(tag), parseVersionTag(signedSince)];
  return version !== null && since !== null && compareVersionTags(version, since) < 0;
}
