import { describe, expect, it } from "vitest";
import { selectReleases } from "../../lib/watchlist/select/select-releases.ts";
import type { TagSelection } from "../../lib/watchlist/watch-list.ts";

const DEFAULT: TagSelection = { include: null, exclude: [], semver: null, newest: null, moving: null };

function select(tags: readonly string[], selection: Partial<TagSelection> = {}) {
  const { releases, leftOut } = selectReleases(tags, { tags: { ...DEFAULT, ...selection } });
  return { tags: releases.map(({ tag }) => tag), leftOut };
}

describe("selectReleases", () => {
  it("takes version tags, highest first, and the usual moving tags without a selection", () => {
    const tags = ["v1.9.0", "latest", "v1.10.0", "main", "edge", "stable", "v1", "1.4", "1.10.0-rc1", "pr-12", "sha-abc"];
    expect(select(tags)).toEqual({
      tags: ["v1.10.0", "1.10.0-rc1", "v1.9.0", "1.4", "edge", "latest", "stable", "v1"],
      leftOut: { "not-a-version": 3 },
    });
  });

  it("says which releases are versions and which move", () => {
    expect(selectReleases(["latest", "v1.0.0"], { tags: DEFAULT }).releases).toEqual([
      { tag: "v1.0.0", kind: "version" },
      { tag: "latest", kind: "moving" },
    ]);
  });

  it("never takes a companion tag for a release, with any prefix, whatever is included", () => {
    const hex = "6e".repeat(32);
    const tags = [`sha256-${hex}`, `sha256-${hex}.sig`, `team-sha256-${hex}.att`, "v1.0.0"];
    expect(select(tags, { include: ["*"] })).toEqual({ tags: ["v1.0.0"], leftOut: { companion: 3 } });
  });

  it("leaves out what is no tag by the specification", () => {
    expect(select(["../v1.0.0", "v1.0.0/x", ".v1.0.0", "v1.0.0\u202e", "a".repeat(129)], { include: ["*"] })).toEqual({
      tags: [],
      leftOut: { "malformed-tag": 5 },
    });
  });

  it("lets exclude win over include and moving", () => {
    const selection = { include: ["v*"], exclude: ["*-rc*", "latest"], moving: ["latest", "stable"] };
    expect(select(["v1.0.0", "v1.1.0-rc1", "latest", "stable"], selection)).toEqual({
      tags: ["v1.0.0", "stable"],
      leftOut: { excluded: 2 },
    });
  });

  it("takes every included tag, like a version or not", () => {
    expect(select(["nightly-1", "v1.0.0", "main", "latest"], { include: ["nightly-*", "main"] })).toEqual({
      tags: ["main", "nightly-1"],
      leftOut: { "not-included": 2 },
    });
  });

  it("takes the named moving tags instead of the usual ones", () => {
    expect(select(["v1.0.0", "latest", "v1", "lts-1"], { moving: ["lts-*"] })).toEqual({
      tags: ["v1.0.0", "lts-1"],
      leftOut: { "not-moving": 2 },
    });
    expect(select(["v1.0.0", "latest"], { moving: [] })).toEqual({ tags: ["v1.0.0"], leftOut: { "not-moving": 1 } });
  });

  it("limits version tags to a range, suffixed ones by their order, and leaves moving tags alone", () => {
    const tags = [
      "v0.9.0",
      "1.0.0",
      "v1.0.0-rc1",
      "v1.2.0-alpine_3",
      "1.2.3",
      "2026.1.15",
      "1.2.3.4",
      "99999999999999999999.0.0",
      "latest",
    ];
    expect(select(tags, { semver: ">=1.0.0" })).toEqual({
      tags: ["2026.1.15", "1.2.3", "v1.2.0-alpine_3", "1.0.0", "latest"],
      leftOut: { semver: 4 },
    });
  });

  it("leaves newest to who knows digests", () => {
    expect(select(["1.0.0", "1.1.0", "1.2.0"], { newest: 1 }).tags).toEqual(["1.2.0", "1.1.0", "1.0.0"]);
  });
});
