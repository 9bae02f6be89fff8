import { describe, expect, it } from "vitest";
import { looksInSamePlaces, scopeOf } from "../../../lib/audit/judge/scope.ts";
import { parseRepository } from "../../../lib/oci/reference.ts";
import { watch } from "../night.ts";

const plain = scopeOf(watch("ghcr.io/acme/app", ""));

describe("the scope of a search", () => {
  it("is another one if signatures are looked for elsewhere, or for other targets", () => {
    const parsed = parseRepository("ghcr.io/acme/signatures");
    if (parsed.kind === "malformed") throw new Error(parsed.detail);
    for (const changes of [{ signatureRepository: parsed.repository }, { tagPrefix: "x-" }, { target: "platforms" }] as const)
      expect(looksInSamePlaces(plain, scopeOf(watch("ghcr.io/acme/app", "", changes)))).toBe(false);
    expect(looksInSamePlaces(plain, scopeOf(watch("ghcr.io/acme/app", "")))).toBe(true);
  });

  it("that was recorded before a setting existed is that of a watch list without it", () => {
    const { lookaside: _later, ...recorded } = plain;
    expect(looksInSamePlaces(recorded as typeof plain, plain)).toBe(true);
    expect(looksInSamePlaces(recorded as typeof plain, { ...plain, lookaside: "https://signatures.example" })).toBe(false);
  });
});
