import { isAlias, isNode } from "yaml";
import type { SourceFile, YamlValue } from "./source-file.ts";

/** Returns a value with its position. An alias has its anchor's value, but problems point to the alias. */
export function wrapNode(node: unknown, file: SourceFile, label: string, otherwise: number): YamlValue {
  if (!isNode(node)) return { file, node: null, start: otherwise, label };
  const start = node.range?.[0] ?? otherwise;
  const resolved = isAlias(node) ? (node.resolve(file.document) ?? null) : node;
  return { file, node: isAlias(resolved) ? null : resolved, start, label };
}
