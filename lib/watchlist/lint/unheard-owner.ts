import type { FoundRepository } from "../read/read-repositories.ts";
import { reportWarning } from "../read/source-file.ts";
import { isOverheard } from "../select/select-channels.ts";
import type { Channel } from "../watch-list.ts";

/** Warns, once for each owner, of repositories whose alerts or warnings go to channels of other owners, because there is no other channel. */
export function reportUnheardOwners(found: readonly FoundRepository[], channels: readonly Channel[]): void {
  const seen = new Set<string | null>();
  for (const { at, settings } of found) {
    if (settings === null || seen.has(settings.owner)) continue;
    const severity = (["alert", "warning"] as const).find((one) => isOverheard(channels, one, settings.owner));
    if (severity === undefined) continue;
    seen.add(settings.owner);
    const whose = settings.owner === null ? "without an owner" : `of owner ${settings.owner}`;
    const message = `found a repository ${whose}, whose ${severity}s reach no channel but those of other owners`;
    reportWarning(at, "unheard-owner", message, "write a channel without owner:, or one for this owner, that hears them");
  }
}
