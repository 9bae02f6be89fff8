import { isDigest, type Digest } from "./digest.ts";
import { essenceOf, isIndexType, isManifestType } from "./media-types.ts";
import { isJsonObject, parseJson, type JsonObject } from "./parse-json.ts";

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform: Platform | null;
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

interface Common {
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly subject: Descriptor | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ImageManifest extends Common {
  readonly kind: "manifest";
  readonly config: Descriptor | null;
  readonly layers: readonly Descriptor[];
}

export interface ImageIndex extends Common {
  readonly kind: "index";
  readonly manifests: readonly Descriptor[];
}

export type Manifest = ImageManifest | ImageIndex;
type ParsedManifest = { kind: "parsed"; manifest: Manifest } | { kind: "malformed"; detail: string };

/**
 * Parses a manifest or index that was delivered as `contentType`.
 *
 * Refuses documents that two readers could understand differently (CVE-2021-41190): those with both `manifests` and `layers`, and those
 * whose `mediaType` differs from the header. Also refuses a descriptor without a well-formed digest and size.
 */
export function parseManifest(bytes: Uint8Array, contentType: string): ParsedManifest {
  const mediaType = essenceOf(contentType);
  if (!isIndexType(mediaType) && !isManifestType(mediaType)) return malformed(`${mediaType || "no content type"} is no manifest or index`);
  const parsed = parseJson(bytes);
  if (parsed.kind === "malformed") return parsed;
  const document = parsed.value;
  if (!isJsonObject(document)) return malformed("not a JSON object");
  if (document["mediaType"] !== undefined && document["mediaType"] !== mediaType)
    return malformed("mediaType differs from the content type");
  if (document["manifests"] !== undefined && (document["layers"] !== undefined || document["config"] !== undefined)) {
    return malformed("both an index and a manifest");
  }
  try {
    return { kind: "parsed", manifest: isIndexType(mediaType) ? readIndex(document, mediaType) : readManifest(document, mediaType) };
  } catch (error) {
    if (error instanceof Malformed) return malformed(error.message);
    throw error;
  }
}

/** Parses a referrers list or a fallback index. It has the shape of an index, but `manifests` may be null (olareg). */
export function parseDescriptors(value: unknown, limit: number): Descriptor[] | null {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value) || value.length > limit) return null;
  try {
    return value.map((entry) => readDescriptor(entry, "manifests"));
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

class Malformed extends Error {}

function malformed(detail: string): { kind: "malformed"; detail: string } {
  return { kind: "malformed", detail };
}

function readIndex(document: JsonObject, mediaType: string): ImageIndex {
  return { kind: "index", ...readCommon(document, mediaType), manifests: readList(document["manifests"], "manifests") };
}

function readManifest(document: JsonObject, mediaType: string): ImageManifest {
  if (document["manifests"] !== undefined) throw new Malformed("an index under the media type of a manifest");
  const config = document["config"];
  return {
    kind: "manifest",
    ...readCommon(document, mediaType),
    config: config === undefined || config === null ? null : readDescriptor(config, "config"),
    layers: readList(document["layers"], "layers"),
  };
}

function readCommon(document: JsonObject, mediaType: string): Common {
  const subject = document["subject"];
  return {
    mediaType,
    artifactType: readText(document["artifactType"]),
    subject: subject === undefined || subject === null ? null : readDescriptor(subject, "subject"),
    annotations: readAnnotations(document["annotations"]),
  };
}

function readList(value: unknown, name: string): Descriptor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Malformed(`${name} is no list`);
  return value.map((entry) => readDescriptor(entry, name));
}

function readDescriptor(value: unknown, name: string): Descriptor {
  if (!isJsonObject(value)) throw new Malformed(`an entry of ${name} is no object`);
  const { digest, size } = value;
  if (!isDigest(digest)) throw new Malformed(`an entry of ${name} has no well-formed digest`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw new Malformed(`an entry of ${name} has no well-formed size`);
  return {
    mediaType: readText(value["mediaType"]) ?? "",
    digest,
    size,
    artifactType: readText(value["artifactType"]),
    annotations: readAnnotations(value["annotations"]),
    platform: readPlatform(value["platform"]),
  };
}

function readText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Drops annotations that are not text: Sealwatch reads none of them, and they must not hide a signature. */
function readAnnotations(value: unknown): Record<string, string> {
  const annotations: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!isJsonObject(value)) return annotations;
  for (const [key, text] of Object.entries(value)) if (typeof text === "string") annotations[key] = text;
  return annotations;
}

function readPlatform(value: unknown): Platform | null {
  if (!isJsonObject(value)) return null;
  return {
    os: readText(value["os"]) ?? "unknown",
    architecture: readText(value["architecture"]) ?? "unknown",
    variant: readText(value["variant"]),
  };
}
