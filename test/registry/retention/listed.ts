import { digestOf } from "../../../lib/oci/digest.ts";
import type { ListedManifest, RetentionRules } from "../../../lib/registry/retention/retention-rules.ts";
import { OCI_MANIFEST } from "../../../lib/oci/media-types.ts";

/** The time of the forecasts. */
export const NOW = Date.parse("2026-11-20T02:00:00Z");
export const DAY = 86_400_000;

/** A manifest that was pushed so many days ago; its name gives it its digest. */
export function listed(name: string, daysAgo: number, changes: Partial<ListedManifest> = {}): ListedManifest {
  return {
    digest: digestOf(name),
    tags: [],
    subject: null,
    mediaType: OCI_MANIFEST,
    pushedAt: NOW - daysAgo * DAY,
    pulledAt: null,
    isImmutable: false,
    ...changes,
  };
}

/** Returns what goes within a week: `A +3d rule 1`, in the order of the manifests. */
export function removedWithinAWeek(rules: RetentionRules | null, manifests: Readonly<Record<string, ListedManifest>>): string[] {
  const removals = rules!.forecast(Object.values(manifests), NOW, NOW + 7 * DAY);
  return Object.entries(manifests).flatMap(([name, { digest }]) => {
    const removal = removals.get(digest);
    return removal === undefined ? [] : [`${name} +${(removal.at - NOW) / DAY}d ${removal.how} ${removal.rule}`];
  });
}
