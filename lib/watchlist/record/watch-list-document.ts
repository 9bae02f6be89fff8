import { createHash } from "node:crypto";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { formatCanonicalJson } from "./epoch-document.ts";
import type { Channel, Exemption, RegistrySettings, WatchedPattern, WatchedRepository, WatchList } from "../watch-list.ts";

/**
 * The watch list that a run audited by, without what only says how registries are reached. It contains no secret, nor a webhook's address.
 */
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
  /** This and what follows is absent in older histories; a heartbeat and registries also if there are none. */
  readonly storm?: WatchList["storm"];
  /** The name of a variable or file, or the fingerprint of an address. */
  readonly heartbeat?: string;
  readonly reports?: WatchList["reports"];
  readonly registries?: readonly RecordedRegistry[];
}

/** What a watch list says of a registry that decides whom Sealwatch believes, and how much it reads. */
export type RecordedRegistry = Pick<RegistrySettings, "host" | "plainHttp" | "pullThrough" | "redirects" | "tokenHost" | "budget">;

/**
 * A channel as recorded. `address` is a topic, or the name of a variable; null for an address that anybody who knows it could use, of which
 * the fingerprint shows that it changed. `secret` says where a webhook's secret is stored, and never the secret.
 */
export type RecordedChannel = Pick<Channel, "name" | "kind" | "severity" | "owner" | "remindSeconds"> & {
  readonly address: string | null;
  readonly fingerprint?: string;
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
    storm: watchList.storm,
    ...(watchList.heartbeat !== null && { heartbeat: nameAddress(watchList.heartbeat) }),
    reports: watchList.reports,
    ...recordRegistries([...watchList.registries.values()]),
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
  const common = { name, kind, severity, owner, remindSeconds };
  if (channel.kind !== "webhook") return { ...common, address: channel.kind === "sns" ? channel.topic : null, secret: null };
  const { url, secret } = channel;
  return url.startsWith("env:")
    ? { ...common, address: url, secret }
    : { ...common, address: null, fingerprint: fingerprintOf(url), secret };
}

function recordRegistries(registries: readonly RegistrySettings[]): Pick<WatchListDocument, "registries"> {
  const said = registries.flatMap(({ host, plainHttp, pullThrough, redirects, tokenHost, budget }): RecordedRegistry[] => {
    const isSaid = redirects.length > 0 || [plainHttp, pullThrough, tokenHost, budget].some((setting) => setting !== null);
    return isSaid ? [{ host, plainHttp, pullThrough, redirects, tokenHost, budget }] : [];
  });
  return said.length === 0 ? {} : { registries: said.toSorted((left, right) => (left.host < right.host ? -1 : 1)) };
}

/** Names an address without showing it. A file is named without its folder, which differs between checkouts. */
function nameAddress(address: string): string {
  if (address.startsWith("file:")) return `file:${address.slice(address.lastIndexOf("/") + 1)}`;
  return /^(?:env|awssecret):/.test(address) ? address : fingerprintOf(address);
}

/** Shows whether an address is another one, and nothing else of it. */
function fingerprintOf(address: string): string {
  return createHash("sha256").update(address).digest("hex").slice(0, 16);
}

/** Returns the channel as it was; null if its address was not recorded. */
export function recallChannel({ name, kind, severity, owner, remindSeconds, address, secret }: RecordedChannel): Channel | null {
  const common = { name, severity, owner, remindSeconds };
  if (kind === "terminal") return { ...common, kind };
  if (address === null) return null;
  return kind === "sns" ? { ...common, kind, topic: address } : { ...common, kind, url: address, secret };
}
