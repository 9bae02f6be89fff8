import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { formatCanonicalJson } from "./epoch-document.ts";
import type { Channel, Exemption, WatchedPattern, WatchedRepository, WatchList } from "../watch-list.ts";

/** The watch list that a run audited by, without how registries are reached. It contains no secret, nor a webhook's address. */
export interface WatchListDocument {
  readonly repositories: readonly (Omit<WatchedRepository, "repository" | "signatureRepository"> & {
    readonly repository: string;
    readonly signatureRepository: string | null;
  })[];
  /** Absent if there are none. The repositories that they matched in this run are among `repositories`. */
  readonly patterns?: readonly WatchedPattern[];
  readonly exemptions: readonly Exemption[];
  readonly channels: readonly RecordedChannel[];
  readonly controls: readonly string[];
}

/**
 * A channel as recorded. `address` is a topic, or the name of a variable; null for an address that anybody who knows it could use. `secret`
 * says where a webhook's secret is stored, and never the secret.
 */
export type RecordedChannel = Pick<Channel, "name" | "kind" | "severity" | "owner" | "remindSeconds"> & {
  readonly address: string | null;
  readonly secret: string | null;
};

/** Raised if the shape changes, so that an older document is not misread. */
const FORMAT = 1;

/** Formats the document as canonical JSON: equal watch lists give equal text, so its digest names the watch list. */
export function formatWatchListDocument(watchList: WatchList): string {
  const document: WatchListDocument = {
    repositories: watchList.repositories.map((watched) => ({
      ...watched,
      repository: watched.repository.name,
      signatureRepository: watched.signatureRepository?.name ?? null,
    })),
    ...(watchList.patterns.length > 0 && { patterns: watchList.patterns }),
    exemptions: watchList.exemptions,
    channels: watchList.channels.map(recordChannel),
    controls: watchList.controls,
  };
  return formatCanonicalJson({ format: FORMAT, ...document });
}

/** The inverse of {@link formatWatchListDocument}; null for text of another format. */
export function parseWatchListDocument(text: string): WatchListDocument | null {
  const parsed = parseJson(Buffer.from(text, "utf8"));
  return parsed.kind === "parsed" && isDocument(parsed.value) ? parsed.value : null;
}

/** Reports whether a value has the format. Nothing else is verified: documents are found by their own digest, so nobody else wrote them. */
function isDocument(value: unknown): value is WatchListDocument {
  return isJsonObject(value) && value["format"] === FORMAT && Array.isArray(value["repositories"]);
}

function recordChannel(channel: Channel): RecordedChannel {
  const { name, kind, severity, owner, remindSeconds } = channel;
  const address =
    channel.kind === "sns" ? channel.topic : channel.kind === "webhook" && channel.url.startsWith("env:") ? channel.url : null;
  const secret = channel.kind === "webhook" ? channel.secret : null;
  return { name, kind, severity, owner, remindSeconds, address, secret };
}

/** Returns the channel as it was; null if its address was not recorded. */
export function recallChannel({ name, kind, severity, owner, remindSeconds, address, secret }: RecordedChannel): Channel | null {
  const common = { name, severity, owner, remindSeconds };
  if (kind === "terminal") return { ...common, kind };
  if (address === null) return null;
  return kind === "sns" ? { ...common, kind, topic: address } : { ...common, kind, url: address, secret };
}
