import type { SQLInputValue } from "node:sqlite";

type Value = SQLInputValue;

/** Returns other values of the same type, each with what of it differs: of JSON, each field by itself. */
export function changesOf(value: Value): [what: string, changed: Value][] {
  if (value === null) return [["", "2026-11-01T02:00:00Z"]];
  if (typeof value === "number") return [["", value + 1]];
  if (typeof value === "bigint") return [["", value + 1n]];
  if (value instanceof Uint8Array) return [["", new Uint8Array([...value].toReversed())]];
  if (typeof value !== "string") throw new TypeError("a value of no column");
  if (!value.startsWith("{")) return [["", value.startsWith("[") ? (value === "[]" ? '[{"repository":"x"}]' : "[]") : `${value}0`]];
  const content = JSON.parse(value) as Record<string, unknown>;
  return Object.keys(content).map((name) => [`.${name}`, JSON.stringify({ ...content, [name]: another(content[name]) })]);
}

function another(value: unknown): unknown {
  if (typeof value === "string") return `0${value}`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.length === 0 ? ["more"] : value.slice(1);
  return value === null ? "more" : null;
}
