import { describe, expect, it } from "vitest";
import { findExemption, isBeforeSigningBegan } from "../../lib/watchlist/select/exemptions.ts";
import type { Exemption } from "../../lib/watchlist/watch-list.ts";

const UNTIL = Date.parse("2027-01-31T23:59:59.999Z");
const LEGACY: Exemption = {
  repository: "ghcr.io/acme/legacy",
  tags: ["1.*", "0.*"],
  reason: "EOL",
  owner: "platform",
  ticket: null,
  until: UNTIL,
};

describe("findExemption", () => {
  it("finds the exemption of repository and tag until the end of its last day", () => {
    expect(findExemption([LEGACY], "ghcr.io/acme/legacy", "0.3.1", UNTIL)).toBe(LEGACY);
    expect(findExemption([LEGACY], "ghcr.io/acme/legacy", "0.3.1", UNTIL + 1)).toBeNull();
  });

  it("covers no other tag and no other repository", () => {
    expect(findExemption([LEGACY], "ghcr.io/acme/legacy", "2.0.0", 0)).toBeNull();
    expect(findExemption([LEGACY], "ghcr.io/acme/legacy2", "1.0.0", 0)).toBeNull();
  });

  it("passes over one that ended", () => {
    const ended = { ...LEGACY, until: 0 };
    expect(findExemption([ended, LEGACY], "ghcr.io/acme/legacy", "1.0.0", 1)).toBe(LEGACY);
  });
});

describe("isBeforeSigningBegan", () => {
  it.each([
    ["v1.3.9", true],
    ["1.3.9", true],
    ["v1.4.0-rc1", true],
    ["v1.4.0", false],
    ["1.4.0", false],
    ["v1.10.0", false],
    ["latest", false],
    ["v1", false],
  ] as const)("%s: %s", (tag, expected) => {
    expect(isBeforeSigningBegan(tag, "v1.4.0")).toBe(expected);
  });
});
