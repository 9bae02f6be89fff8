import { describe, expect, it } from "vitest";
import { compareDigests, type DigestStep } from "../../lib/history/compare/digest-order.ts";
import { digest, NIGHTS } from "./examples.ts";

/** What each tag named, one letter a digest, each from the next night on: `{ latest: "ab" }`. */
function timelines(letters: Record<string, string>): DigestStep["recorded"] {
  const timelineOf = (text: string) => text.split("").map((letter, at) => ({ digest: digest(letter), since: NIGHTS[at]! }));
  return new Map(Object.entries(letters).map(([tag, text]) => [tag, { timeline: timelineOf(text) }]));
}

/** The tag steps from digest a to digest b. */
function step(tag: string, recorded: Record<string, string>, tonight: Record<string, string> = {}): DigestStep {
  return {
    tag,
    from: digest("a"),
    to: digest("b"),
    recorded: timelines(recorded),
    tonight: new Map(Object.entries(tonight).map(([name, letter]) => [name, digest(letter)])),
  };
}

describe("the order of two digests", () => {
  it("is the same for one digest", () => {
    expect(compareDigests({ ...step("latest", { latest: "a" }), to: digest("a") })).toBe("same");
  });

  it("follows the version tags that name them tonight", () => {
    const tonight = { latest: "b", "v1.9.0": "a", "v1.10.0": "b" };
    expect(compareDigests(step("latest", { latest: "a" }, tonight))).toBe("newer");
    expect(compareDigests(step("latest", { latest: "a" }, { ...tonight, "v1.11.0": "a" }))).toBe("older");
  });

  it("follows version tags that named them by the record, though they are gone or moved on", () => {
    expect(compareDigests(step("latest", { latest: "a", "v2.0.0": "a", "v1.0.0": "bc" }))).toBe("older");
  });

  it("asks the versions before the tag's own timeline", () => {
    expect(compareDigests(step("latest", { latest: "ba", "v1.0.0": "a", "v2.0.0": "b" }))).toBe("newer");
  });

  it("counts the version tag in question for the digest that it left only", () => {
    const recorded = { "v1.4.2": "a", "v1.4.1": "b" };
    expect(compareDigests(step("v1.4.2", recorded, { "v1.4.2": "b", "v1.4.1": "b" }))).toBe("older");
    expect(compareDigests(step("v1.4.2", { ...recorded, "v1.5.0": "b" }, { "v1.4.2": "b" }))).toBe("newer");
  });

  it("does not take one version under two names for two versions", () => {
    expect(compareDigests(step("v1.4.1", { "v1.4.1": "a", latest: "cb" }, { "1.4.1": "b" }))).toBe("newer");
    expect(compareDigests(step("1.4.1", { "1.4.1": "a", latest: "cb" }, { "v1.4.1": "b" }))).toBe("newer");
  });

  it("does not follow a version that was put on a digest after another one", () => {
    const recorded = { "v1.1.0": "a", "v1.0.0": "b", "v99.0.0": "cb" };
    expect(compareDigests(step("latest", recorded))).toBe("older");
    expect(compareDigests(step("latest", { "v1.1.0": "a", "v1.0.0": "b" }, { "v99.0.0": "b" }))).toBe("older");
    expect(compareDigests(step("latest", { "v1.1.0": "b", "v1.0.0": "a" }, { "v99.0.0": "a" }))).toBe("newer");
  });

  it("follows the release that a pre-release became", () => {
    const recorded = { "v1.1.0-rc.1": "b", "v1.1.0-rc.2": "a" };
    expect(compareDigests(step("latest", recorded))).toBe("older");
    expect(compareDigests(step("latest", recorded, { "v1.1.0": "b" }))).toBe("newer");
  });

  it("stands by suffixes as versions do", () => {
    expect(compareDigests(step("latest", { latest: "a" }, { "v2.0.0-rc.1": "a", "v2.0.0": "b" }))).toBe("newer");
  });

  it("is that of the tag's own timeline where a digest has no version", () => {
    expect(compareDigests(step("latest", { latest: "ba", "v1.0.0": "a" }))).toBe("older");
    expect(compareDigests(step("latest", { latest: "aba" }))).toBe("newer");
  });

  it("is that of the first sight where the tag never named the other digest", () => {
    expect(compareDigests(step("latest", { latest: "a" }))).toBe("newer");
    expect(compareDigests(step("latest", { latest: "ca", nightly: "b" }))).toBe("older");
    expect(compareDigests(step("latest", { latest: "a", nightly: "cb" }))).toBe("newer");
  });

  it("is unknown, called the same, where both were first seen in one run", () => {
    expect(compareDigests(step("latest", { latest: "a", nightly: "b" }))).toBe("same");
  });
});
