import { describe, expect, it } from "vitest";
import { compareTags, compareVersionTags, parseVersionTag, sortTags } from "../../lib/watchlist/select/version-tag.ts";

describe("parseVersionTag", () => {
  it.each(["1.2.3", "v1.2.3", "1.2.3.4", "v0.0.0-rc1", "1.2.3-alpine3.20", "2026.1.15", "1.2.3-a-b_c", "2.1.0_build.7", "v2.1.0-rc.1_b"])(
    "takes %s for a version",
    (tag) => {
      expect(parseVersionTag(tag)?.tag).toBe(tag);
    },
  );

  it.each([
    "latest",
    "v1",
    "1.4",
    "V1.2.3",
    "1.2.3-",
    "1.2.3_",
    "1.2.3-_b",
    "1.2.3rc1",
    "v01.0.1",
    "2026.01.15",
    "1.0.00",
    "release-1.2.3",
    "1..2.3",
    "",
  ])("takes %j for no version", (tag) => {
    expect(parseVersionTag(tag)).toBeNull();
  });

  it("keeps numbers and suffix apart", () => {
    expect(parseVersionTag("v1.20.3-rc.1-b")).toEqual({ tag: "v1.20.3-rc.1-b", numbers: ["1", "20", "3"], suffix: "rc.1-b", build: null });
  });

  it("reads the build that Helm writes after _ instead of +", () => {
    expect(parseVersionTag("2.1.0-rc.1_build.7_a")).toMatchObject({ numbers: ["2", "1", "0"], suffix: "rc.1", build: "build.7_a" });
    expect(parseVersionTag("2.1.0_build-7")).toMatchObject({ suffix: null, build: "build-7" });
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
    "2026.1.15",
    "2026.2.1",
  ];

  it("orders by numbers, a suffix before none, identifiers as Semantic Versioning does", () => {
    const shuffled = ascending.toReversed().map((tag) => parseVersionTag(tag)!);
    expect(shuffled.toSorted(compareVersionTags).map(({ tag }) => tag)).toEqual(ascending);
  });

  it("takes v1.2.3, 1.2.3 and any build of it for the same version", () => {
    const [plain, prefixed, built] = ["1.2.3", "v1.2.3", "1.2.3_build.7"].map((tag) => parseVersionTag(tag)!);
    expect([compareVersionTags(plain!, prefixed!), compareVersionTags(plain!, built!)]).toEqual([0, 0]);
  });

  it("puts a build of a pre-release between its neighbours", () => {
    const tags = ["1.0.0", "1.0.0-rc.2", "1.0.0-rc.1_build.7", "1.0.0-rc.0"].map((tag) => parseVersionTag(tag)!);
    expect(tags.toSorted(compareVersionTags)).toEqual(tags.toReversed());
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
  it("lists the builds of a version after it, from the lowest", () => {
    const tags = ["2.1.0_build.10", "2.1.0_build.9", "2.1.0", "2.1.1"];
    expect(tags.toSorted(compareTags)).toEqual(["2.1.0", "2.1.0_build.9", "2.1.0_build.10", "2.1.1"]);
  });

  it("lists versions in order, then the other tags by name, and never calls two tags equal", () => {
    const tags = ["stable", "v1.10.0", "latest", "1.9.0", "v1.9.0", "v1", "1.4"];
    expect(tags.toSorted(compareTags)).toEqual(["1.9.0", "v1.9.0", "v1.10.0", "1.4", "latest", "stable", "v1"]);
  });
});

describe("sortTags", () => {
  it("gives the order of compareTags, whatever numbers the versions have", () => {
    const numbers = [
      "0",
      "1",
      "9",
      "10",
      "99999",
      "100000",
      "20261130",
      "99999999",
      "100000000",
      "9".repeat(15),
      "9".repeat(16),
      "9".repeat(40),
    ];
    const tags = numbers.flatMap((number) => [
      `${number}.0.0`,
      `v1.${number}.0`,
      `1.0.${number}`,
      `1.0.${number}-rc1`,
      `1.0.${number}.1`,
      `1.0.${number}_b`,
      `1.0.${number}rc`,
      `v${number}`,
    ]);
    const shuffled = tags.toSorted((left, right) => left.length - right.length || (left < right ? 1 : -1));
    expect(sortTags(shuffled)).toEqual(shuffled.toSorted(compareTags));
  });
});
