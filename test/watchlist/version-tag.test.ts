import { describe, expect, it } from "vitest";
import { compareTags, compareVersionTags, parseVersionTag } from "../../lib/watchlist/select/version-tag.ts";

describe("parseVersionTag", () => {
  it.each(["1.2.3", "v1.2.3", "1.2.3.4", "v0.0.0-rc1", "1.2.3-alpine3.20", "2026.01.15", "1.2.3-a-b_c"])(
    "takes %s for a version",
    (tag) => {
      expect(parseVersionTag(tag)?.tag).toBe(tag);
    },
  );

  it.each(["latest", "v1", "1.4", "V1.2.3", "1.2.3-", "1.2.3_4", "1.2.3rc1", "release-1.2.3", "1..2.3", ""])(
    "takes %j for no version",
    (tag) => {
      expect(parseVersionTag(tag)).toBeNull();
    },
  );

  it("keeps numbers and suffix apart", () => {
    expect(parseVersionTag("v1.20.3-rc.1-b")).toEqual({ tag: "v1.20.3-rc.1-b", numbers: ["1", "20", "3"], suffix: "rc.1-b" });
  });
});

describe("compareVersionTags", () => {
  const ascending = [
    "0.9.9",
    "v1.0.0-alpha",
    "v1.0.0-alpha.1",
    "v1.0.0-alpha.beta",
    "v1.0.0-rc.2",
    "v1.0.0-rc.10",
    "v1.0.0-rc9",
    "v1.0.0-rc10",
    "1.0.0",
    "1.0.0.1",
    "v1.2.0",
    "1.10.0",
    "1.99999999999999999998.0",
    "1.99999999999999999999.0",
    "2026.01.15",
    "2026.2.1",
  ];

  it("orders by numbers, a suffix before none, identifiers as Semantic Versioning does", () => {
    const shuffled = ascending.toReversed().map((tag) => parseVersionTag(tag)!);
    expect(shuffled.toSorted(compareVersionTags).map(({ tag }) => tag)).toEqual(ascending);
  });

  it("takes v1.2.3, 1.2.3 and 1.02.3 for the same version", () => {
    const [plain, prefixed, padded] = ["1.2.3", "v1.2.3", "1.02.3"].map((tag) => parseVersionTag(tag)!);
    expect([compareVersionTags(plain!, prefixed!), compareVersionTags(plain!, padded!)]).toEqual([0, 0]);
  });

  it("is antisymmetric for every pair", () => {
    const versions = ascending.map((tag) => parseVersionTag(tag)!);
    const contradictions = versions.flatMap((left) =>
      versions.filter((right) => Math.sign(compareVersionTags(left, right)) + Math.sign(compareVersionTags(right, left)) !== 0),
    );
    expect(contradictions).toEqual([]);
  });
});

describe("compareTags", () => {
  it("lists versions in order, then the other tags by name, and never calls two tags equal", () => {
    const tags = ["stable", "v1.10.0", "latest", "1.9.0", "v1.9.0", "v1", "1.4"];
    expect(tags.toSorted(compareTags)).toEqual(["1.9.0", "v1.9.0", "v1.10.0", "1.4", "latest", "stable", "v1"]);
  });
});
