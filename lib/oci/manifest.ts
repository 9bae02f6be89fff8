import { isDigest, type Digest } from "./digest.ts";
import { essenceOf, isIndexType, isManifestType, OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";
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

/**
 * Four times those of an index of 4,096 entries that are as wordy as they come. Of what is left of 4 MiB then, the text is annotations,
 * not structure.
 */
const MANIFEST_VALUES_LIMIT = 400_000;

export type Manifest = ImageManifest | ImageIndex;
type ParsedManifest = { kind: "parsed"; manifest: Manifest } | { kind: "schema-1" } | { kind: "malformed"; detail: string };

/**
 * Parses a manifest or index. Its bytes say what it is: by their own `mediaType`, else by their form. `label`, the content type under which
 * they were delivered, decides only if the bytes leave it open. Artifact manifests, which the image specification has dropped again, are
 * manifests whose layers are called `blobs`. A manifest of schema 1 is recognised and not read.
 *
 * Refuses documents that two readers could understand differently (CVE-2021-41190): those with both `manifests` and `layers`, and those
 * whose `mediaType` contradicts their form. Also refuses a descriptor without a well-formed digest and size.
 */
export function parseManifest(bytes: Uint8Array, label: string): ParsedManifest {
  const parsed = parseJson(bytes, { values: MANIFEST_VALUES_LIMIT });
  if (parsed.kind === "malformed") return parsed;
  const document = parsed.value;
  if (!isJsonObject(document)) return malformed("not a JSON object");
  const form = formOf(document);
  if (form === "both") return malformed("the members of two kinds of manifest");
  if (form === null && document["schemaVersion"] === 1 && Array.isArray(document["fsLayers"])) return { kind: "schema-1" };
  const mediaType = typeOf(document, form, essenceOf(label));
  if (mediaType === null) return malformed("no manifest or index");
  const said = formOfType(mediaType);
  if (said === null) return malformed("its mediaType is that of no manifest or index");
  if (form !== null && form !== said) return malformed("its mediaType contradicts its form");
  try {
    return { kind: "parsed", manifest: said === "index" ? readIndex(document, mediaType) : readManifest(document, mediaType) };
  } catch (error) {
    if (error instanceof Malformed) return malformed(error.message);
    throw error;
  }
}

/** What a document looks like; null if it has no member that tells. */
type Form = "index" | "manifest" | "artifact" | "both" | null;

function formOf(document: JsonObject): Form {
  const { manifests, layers, config, blobs } = document;
  const forms: readonly Form[] = [
    ...(manifests === undefined ? [] : ["index" as const]),
    ...(layers === undefined && config === undefined ? [] : ["manifest" as const]),
    ...(blobs === undefined ? [] : ["artifact" as const]),
  ];
  return forms.length > 1 ? "both" : (forms[0] ?? null);
}

function formOfType(mediaType: string): Form {
  if (isIndexType(mediaType)) return "index";
  return mediaType === OCI_ARTIFACT ? "artifact" : isManifestType(mediaType) ? "manifest" : null;
}

/** What each form is if nothing else tells. */
const TYPES = { index: OCI_INDEX, manifest: OCI_MANIFEST, artifact: OCI_ARTIFACT } as const;

/** Returns the media type that a document has by its own word, else by a fitting label, else by its form; null if nothing tells. */
function typeOf(document: JsonObject, form: Exclude<Form, "both">, label: string): string | null {
  const own = document["mediaType"];
  if (own !== undefined && own !== null && own !== "") return typeof own === "string" ? own : "";
  const labelled = formOfType(label);
  if (labelled !== null && (form === null || form === labelled)) return label;
  return form === null ? null : TYPES[form];
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
  const { config, layers, blobs } = document;
  return {
    kind: "manifest",
    ...readCommon(document, mediaType),
    config: config === undefined || config === null ? null : readDescriptor(config, "config"),
    layers: readList(layers ?? blobs, layers === undefined ? "blobs" : "layers"),
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
  return {
    mediaType: readText(value["mediaType"]) ?? "",
    digest,
    // The digest proves the bytes. What is written beside it may be anything.
    size: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : 0,
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
