import { isMap, isScalar, isSeq } from "yaml";
import { quoteFound } from "./quote-found.ts";
import { reportError, type Spot, type YamlValue } from "./source-file.ts";
import { suggestKey } from "./suggest-key.ts";
import { wrapNode } from "./wrap-node.ts";

/** The values of a mapping's known keys. */
export type Fields<Key extends string> = Readonly<Partial<Record<Key, YamlValue>>>;

/** One entry of a mapping whose keys are names. */
export interface NamedValue {
  readonly name: string;
  /** The position of the key. */
  readonly key: Spot;
  readonly value: YamlValue;
}

/** Reads a mapping of known keys. Reports unknown keys and missing required ones. Null (reported) for anything but a mapping. */
export function readMapping<Key extends string>(
  value: YamlValue,
  known: readonly Key[],
  options: { required?: readonly Key[] } = {},
): Fields<Key> | null {
  const entries = readEntries(value);
  if (entries === null) return null;
  const fields: Partial<Record<Key, YamlValue>> = {};
  for (const entry of entries) {
    const key = known.find((name) => name === entry.name);
    const message = `found the unknown key ${quoteFound(entry.name)} in ${value.label}`;
    if (key === undefined) reportError(entry.key, "unknown-key", message, suggestKey(entry.name, known));
    else fields[key] ??= entry.value;
  }
  for (const key of options.required ?? []) {
    if (fields[key] === undefined) reportError(value, "missing-key", `found no ${key} in ${value.label}`, `write ${key}:`);
  }
  return fields;
}

/** Reads a mapping whose keys are names, in the order of the file. Null (reported) for anything else. */
export function readEntries(value: YamlValue): NamedValue[] | null {
  return isMap(value.node) ? listEntries(value) : reportWrongType(value, "a mapping", "write key: value, one a line");
}

/** Returns the entries of a mapping, or none for anything else. It reports nothing. */
export function listEntries(value: YamlValue): NamedValue[] {
  const { node, file } = value;
  if (!isMap(node)) return [];
  return node.items.map((pair) => {
    const name = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : "";
    const key = wrapNode(pair.key, file, name, value.start);
    return { name, key, value: wrapNode(pair.value, file, name, key.start) };
  });
}

/** Reads a list. Null (reported) for anything else, and for an empty list unless it is allowed. */
export function readItems(value: YamlValue, options: { empty?: boolean } = {}): YamlValue[] | null {
  const { node, file, label } = value;
  if (!isSeq(node)) return reportWrongType(value, "a list", "write [a, b], or one line with - for each");
  if (node.items.length === 0 && options.empty !== true)
    return reportError(value, "empty", `found an empty list for ${label}`, "write at least one item, or remove the key");
  return node.items.map((item) => wrapNode(item, file, label, value.start));
}

/** Reads text that is not empty. Null otherwise, reported unless there is no value. `form` says what the text should look like. */
export function readText(value: YamlValue | undefined, options: { empty?: boolean; form?: string } = {}): string | null {
  if (value === undefined) return null;
  const found = isScalar(value.node) ? value.node.value : null;
  if (typeof found !== "string") return reportWrongType(value, options.form ?? "text", remedyForText(value, options.form));
  if (found.trim() === "" && options.empty !== true)
    return reportError(value, "empty", `found empty text for ${value.label}`, "write a value, or remove the key");
  return found;
}

/**
 * Reads text of a given form. If `parse` returns null, the text is reported: with `code`, as being `fault` ("no version tag"), and with the
 * remedy. `form` is as for {@link readText}.
 */
export function readParsed<T>(
  value: YamlValue | undefined,
  parse: (text: string) => T | null,
  { form, code, fault, remedy }: { form?: string; code: string; fault?: string; remedy: string },
): T | null {
  const text = readText(value, form === undefined ? {} : { form });
  if (text === null || value === undefined) return null;
  const why = fault === undefined ? "" : `, which is ${fault}`;
  return parse(text) ?? reportError(value, code, `found ${quoteFound(text)} for ${value.label}${why}`, remedy);
}

/** Reads a list of texts. An item of another type is reported and left out. */
export function readTexts(value: YamlValue | undefined, options: { empty?: boolean } = {}): { text: string; at: YamlValue }[] | null {
  const items = value === undefined ? null : readItems(value, options);
  if (items === null) return null;
  return items.flatMap((at) => {
    const text = readText(at);
    return text === null ? [] : [{ text, at }];
  });
}

/** Reads a whole number between two bounds, both included. */
export function readInteger(value: YamlValue | undefined, bounds: { least: number; most: number }): number | null {
  if (value === undefined) return null;
  const found = isScalar(value.node) ? value.node.value : null;
  if (typeof found !== "number") return reportWrongType(value, "a whole number", "write a whole number without quotes");
  if (Number.isInteger(found) && found >= bounds.least && found <= bounds.most) return found;
  const remedy = `write a whole number from ${bounds.least} to ${bounds.most}`;
  return reportError(value, "out-of-range", `found ${found} for ${value.label}`, remedy);
}

export function readBoolean(value: YamlValue | undefined): boolean | null {
  if (value === undefined) return null;
  const found = isScalar(value.node) ? value.node.value : null;
  return typeof found === "boolean" ? found : reportWrongType(value, "true or false", "write true or false");
}

/** Reads one of some words. */
export function readChoice<Word extends string>(value: YamlValue | undefined, words: readonly Word[]): Word | null {
  const remedy = `write ${words.join(", ").replace(/, ([^,]*)$/, " or $1")}`;
  return readParsed(value, (text) => words.find((word) => word === text) ?? null, { code: "unknown-value", remedy });
}

/** Proposes quotes for a number: YAML reads 1.10 without quotes as a number. */
function remedyForText({ node }: YamlValue, form: string | undefined): string {
  if (form !== undefined) return `write ${form}`;
  return isScalar(node) && typeof node.value === "number" ? `write "${node.source ?? node.value}" in quotes` : "write text";
}

/** Reports the type and never the text, which may be a secret in the wrong place. */
function reportWrongType(value: YamlValue, expected: string, remedy: string): null {
  return reportError(value, "wrong-type", `found ${describeType(value)} for ${value.label}, where ${expected} is expected`, remedy);
}

function describeType({ node }: YamlValue): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  const found = isScalar(node) ? node.value : null;
  if (typeof found === "string") return "text";
  const written = isScalar(node) ? (node.source ?? "") : "";
  return typeof found === "number" || typeof found === "boolean" ? `the ${typeof found} ${written}` : "nothing";
}
