import type { WatchList } from "../watchlist/watch-list.ts";

/**
 * What of a watch list no function can read, since it has no files, variables or logins of its own: a line each. Without credentials a
 * registry is read as ECR's by the function's role, any other anonymously.
 */
export function findUndeployable({ registries, channels, heartbeat }: WatchList): string[] {
  const settings = [...registries.values()];
  const places: (readonly [where: string, reference: string | null])[] = [
    ...settings.map(({ host, credentials }) => [`registries.${host}.credentials`, credentials] as const),
    ...settings.map(({ host, clientKey }) => [`registries.${host}.clientKey`, clientKey === null ? null : asReference(clientKey)] as const),
    ...channels.flatMap((channel) =>
      channel.kind === "webhook"
        ? [[`notify ${channel.name}: url`, channel.url] as const, [`notify ${channel.name}: secret`, channel.secret] as const]
        : [],
    ),
    ["heartbeat", heartbeat],
  ];
  return places.flatMap(([where, reference]) =>
    reference !== null && /^(?:docker$|env:|file:)/.test(reference)
      ? `${where}: a function has neither logins nor files nor variables: found ${reference.split(":")[0]}; write awssecret:///NAME`
      : [],
  );
}

/** A key that is named by its path lies in a file. */
function asReference(key: string): string {
  return /^(?:env|file|awssecret):/.test(key) ? key : `file:${key}`;
}
