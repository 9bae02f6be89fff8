import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Policy, RegistrySettings, WatchList } from "../watch-list.ts";

/** Raised if the shape of a watch list changes, so that a deployment and its functions do not misread each other. */
const FORMAT = 1;

/**
 * Packs a valid watch list into one text, with its keys and roots, for a deployed function, which has no files. Secrets stay references.
 */
export function packWatchList(watchList: WatchList): string {
  const { path: _path, policies, registries, ...rest } = watchList;
  return JSON.stringify({ format: FORMAT, ...rest, policies: [...policies], registries: [...registries] });
}

/** The inverse of {@link packWatchList}; null for text of another version. Only packed text arrives here, because its digest names it. */
export function unpackWatchList(text: string): WatchList | null {
  const parsed = parseJson(Buffer.from(text, "utf8"));
  if (parsed.kind !== "parsed" || !isPacked(parsed.value)) return null;
  const { format: _format, policies, registries, ...rest } = parsed.value;
  return { ...rest, path: "sealwatch.yaml", policies: new Map(policies), registries: new Map(registries) };
}

interface Packed extends Omit<WatchList, "path" | "policies" | "registries"> {
  readonly format: number;
  readonly policies: readonly (readonly [string, Policy])[];
  readonly registries: readonly (readonly [string, RegistrySettings])[];
}

function isPacked(value: unknown): value is Packed {
  return isJsonObject(value) && value["format"] === FORMAT && Array.isArray(value["repositories"]) && Array.isArray(value["policies"]);
}
