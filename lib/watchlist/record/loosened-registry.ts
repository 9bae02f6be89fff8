import { formatSeconds } from "../../text/format-seconds.ts";
import type { RegistrySettings } from "../watch-list.ts";
import type { RecordedRegistry, WatchListDocument } from "./watch-list-document.ts";

/**
 * Returns, as phrases, what is believed of a registry, or not read from it, that was before: no TLS, a cache that proves no absence, more
 * hosts that answer for it, a smaller budget. What an older history did not record is not compared. Pure.
 */
export function findLooserRegistries(before: WatchListDocument, after: WatchListDocument): string[] {
  if (before.storm === undefined) return [];
  const former = new Map((before.registries ?? []).map((registry) => [registry.host, registry]));
  return (after.registries ?? []).flatMap((registry) =>
    compareOne(former.get(registry.host) ?? null, registry).map((phrase) => `registry ${registry.host}: ${phrase}`),
  );
}

function compareOne(before: RecordedRegistry | null, after: RecordedRegistry): string[] {
  const hosts = after.redirects.filter((host) => before?.redirects.includes(host) !== true);
  const phrases = [
    after.plainHttp === true && before?.plainHttp !== true && "it is read by plain HTTP now",
    after.pullThrough === true && before?.pullThrough !== true && "it counts as a cache now, which proves no absence",
    hosts.length > 0 && `redirects to ${hosts.join(", ")} are followed now`,
    after.tokenHost !== null && after.tokenHost !== (before?.tokenHost ?? null) && `its credentials go to ${after.tokenHost} now`,
    isSmaller(before?.budget ?? null, after.budget) &&
      `budget ${describe(before?.budget ?? null)}is now ${describe(after.budget).trimEnd()}`,
  ];
  return phrases.filter((phrase) => phrase !== false);
}

type Budget = RegistrySettings["budget"];

function isSmaller(before: Budget, after: Budget): boolean {
  return after !== null && (before === null || after.requests / after.seconds < before.requests / before.seconds);
}

function describe(budget: Budget): string {
  return budget === null ? "" : `${budget.requests}/${formatSeconds(budget.seconds)} `;
}
