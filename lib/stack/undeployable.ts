import type { WatchList } from "../watchlist/watch-list.ts";

/**
 * Returns a line for each setting of a watch list that a function cannot use, because it has no files, variables or logins. Without
 * credentials, the function's role reads a registry of ECR, and other registries are read anonymously.
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

/** A key named by its path is in a file. */
function asReference(key: string): string {
  return /^(?:env|file|awssecret):/.test(key) ? key : `file:${key}`;
}
