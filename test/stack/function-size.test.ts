import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "..", "..", "dist", "lambdas", "conclude");

/** A cold start reads and compiles all of it, each night. */
const LIMIT_BYTES = 700_000;

/** The files that are read when one is imported, itself included: what is imported later is not among them. */
function readAtStart(file: string, seen = new Map<string, string>()): ReadonlyMap<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(join(FOLDER, file), "utf8");
  seen.set(file, text);
  for (const [, next] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) readAtStart(next!, seen);
  return seen;
}

describe.skipIf(!existsSync(FOLDER))("the function that concludes", () => {
  it("starts without what makes reports, in at most 700,000 bytes", () => {
    const files = readAtStart("index.mjs");
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(files.size).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
    expect([...files.keys()].filter((name) => /^(?:format-html|write-months)/.test(name))).toEqual([]);
  });
});
