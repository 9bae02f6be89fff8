import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import type { Provenance } from "../candidate-result.ts";

/** Words of the watch list for predicate types; any other word is the type itself. */
const PREDICATE_TYPES: Readonly<Record<string, readonly string[]>> = {
  "slsa-provenance": ["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v0.1"],
  spdx: ["https://spdx.dev/Document"],
  cyclonedx: ["https://cyclonedx.org/bom"],
  vsa: [
    "https://slsa.dev/verification_summary/v1",
    "https://slsa.dev/verification_summary/v0.2",
    "https://slsa.dev/verification_summary/v0.1",
  ],
};

/** Reports whether a predicate type is the one asked for. SPDX and CycloneDX add a version to it (`…/Document/v2.3`). */
export function isPredicate(predicateType: string | null, asked: string): boolean {
  if (predicateType === null) return false;
  const types = Object.hasOwn(PREDICATE_TYPES, asked) ? PREDICATE_TYPES[asked] : undefined;
  return types === undefined
    ? predicateType === asked
    : types.some((type) => predicateType === type || predicateType.startsWith(`${type}/v`));
}

/** Returns what the watch list calls a predicate type: a word if there is one, else the type itself. */
export function nameOfPredicate(predicateType: string): string {
  return Object.keys(PREDICATE_TYPES).find((word) => isPredicate(predicateType, word)) ?? predicateType;
}

/**
 * Reads who built something, and from what, out of any known provenance predicate.
 * https://slsa.dev/spec/v1.0/provenance, https://slsa.dev/spec/v0.2/provenance
 */
export function readProvenance(predicateType: string | null, predicate: JsonObject): Provenance | null {
  if (!isPredicate(predicateType, "slsa-provenance")) return null;
  if (predicateType === "https://slsa.dev/provenance/v1") {
    const definition = member(predicate, "buildDefinition");
    const parameters = member(definition, "externalParameters");
    const resolved: unknown = Array.isArray(definition["resolvedDependencies"]) ? definition["resolvedDependencies"][0] : null;
    const workflow = member(parameters, "workflow");
    const repository = text(workflow["repository"]);
    const ref = text(workflow["ref"]);
    const configured =
      text(member(parameters, "configSource")["uri"]) ?? text(member(parameters, "source")["uri"]) ?? text(parameters["source"]);
    return {
      builder: text(member(member(predicate, "runDetails"), "builder")["id"]),
      source:
        repository === null
          ? (configured ?? (isJsonObject(resolved) ? text(resolved["uri"]) : null))
          : `${repository}${ref === null ? "" : `@${ref}`}`,
    };
  }
  const invocation = member(predicate, "invocation");
  const recipe = member(predicate, "recipe");
  const material: unknown = Array.isArray(predicate["materials"]) ? predicate["materials"][Number(recipe["definedInMaterial"] ?? 0)] : null;
  const source = text(member(invocation, "configSource")["uri"]);
  return {
    builder: text(member(predicate, "builder")["id"]),
    source: source ?? (isJsonObject(material) ? text(material["uri"]) : null),
  };
}

/** Reports whether the builder is the one asked for. If it is asked for without a version (`…@refs/tags/v2.1.0`), any version will do. */
export function isBuilder({ builder }: Provenance, asked: string): boolean {
  return builder !== null && (builder === asked || builder.replace(/@[^@]*$/, "") === asked);
}

/** Reports whether the source is the one asked for, however it is spelt: `git+https://host/o/r.git` is `https://host/o/r`. */
export function isSource({ source }: Provenance, asked: string): boolean {
  if (source === null) return false;
  const [repository, ref] = splitSource(source);
  const [askedRepository, askedRef] = splitSource(asked);
  return repository === askedRepository && (askedRef === null || askedRef === ref);
}

function splitSource(source: string): [string, string | null] {
  const bare = source.replace(/^git\+/, "").replace(/^(?:https?|ssh|git):\/\/(?:git@)?/, "");
  const at = bare.search(/[@#]/);
  const repository = (at < 0 ? bare : bare.slice(0, at)).replace(/\.git$/, "").replace(/\/$/, "");
  return [repository, at < 0 ? null : bare.slice(at + 1)];
}

function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
