import type { Exemption } from "../watch-list.ts";
import type { WatchListDocument } from "./watch-list-document.ts";

/**
 * Returns, as phrases, what is exempt, or for longer, that was not before. Another reason, owner or ticket is no change of what is exempt.
 * Pure.
 */
export function findLooserExemptions(before: WatchListDocument, after: WatchListDocument): string[] {
  return after.exemptions.flatMap((exemption) => {
    const former = before.exemptions.filter((other) => other.repository === exemption.repository);
    const lost = exemption.tags.filter((tag) => !former.some((other) => other.tags.includes(tag)));
    const longer = exemption.tags.filter(
      (tag) => !lost.includes(tag) && former.every((other) => !other.tags.includes(tag) || other.until < exemption.until),
    );
    return [
      ...(lost.length > 0 ? [`${exemption.repository}: ${lost.join(", ")} exempt until ${dayOf(exemption)}`] : []),
      ...(longer.length > 0 ? [`${exemption.repository}: ${longer.join(", ")} exempt for longer, until ${dayOf(exemption)}`] : []),
    ];
  });
}

function dayOf({ until }: Exemption): string {
  return new Date(until).toISOString().slice(0, 10);
}
