import { describe, expect, it } from "vitest";
import { codesOf, linesOf, loaded, loadFromText } from "./load-from-text.ts";

const POLICIES = "policies: { p: { signers: [{ key: keys/release.pub }] } }\ndefaults: { policy: p }\n";

function problemsOf(entry: string): string[] {
  return linesOf(loadFromText(`version: 1\nrepositories:\n  - ${entry}\n${POLICIES}`))
    .filter((line) => !line.includes("cannot use yet"))
    .map((line) => line.replace(/^[^ ]+ /, ""));
}

function overlapsOf(first: string, second: string): string[] {
  const text = `version: 1\nrepositories:\n  - { repository: a/b, tags: ${first} }\n  - { repository: a/b, tags: ${second} }\n${POLICIES}`;
  return linesOf(loadFromText(text));
}

describe("a repository", () => {
  it.each([
    [
      "repository: ghcr.io/acme/app:v1",
      'found "ghcr.io/acme/app:v1" for repository, which names a tag; write "ghcr.io/acme/app", and the tags under tags:',
    ],
    [
      "repository: ghcr.io/acme/app@sha256:abc",
      'found "ghcr.io/acme/app@sha256:abc" for repository, which names a digest; write "ghcr.io/acme/app"',
    ],
    [
      "repository: https://ghcr.io/acme/app",
      'found "https://ghcr.io/acme/app" for repository, which starts like a web address; write registry/path without tag or digest, such as ghcr.io/acme/app',
    ],
    [
      "{ repository: a/b, exclude: ghcr.io/acme/old/** }",
      "found exclude: beside a repository that is no pattern; remove it, or write a pattern such as ghcr.io/acme/**",
    ],
    [
      'repository: "*.example.com/**"',
      'found "*.example.com/**" for repository: a pattern needs a registry, or a namespace of Docker Hub, before the first slash; write a registry and a path with * or **, such as ghcr.io/acme/**',
    ],
    [
      'repository: "ghcr.io/acme/***"',
      'found "ghcr.io/acme/***" for repository: a path is lower-case letters and digits, separated by . _ - or /, with * or ** in place of any part; write a registry and a path with * or **, such as ghcr.io/acme/**',
    ],
    ["repository: []", "found an empty list for repository; write at least one item, or remove the key"],
    ["policy: p", "found no repository in repositories; write repository:"],
    [
      "{ repository: a/b, signatureRepository: a/b:v1 }",
      'found "a/b:v1" for signatureRepository, which names a tag; write "a/b", and the tags under tags:',
    ],
    [
      "{ repository: a/b, tagPrefix: -x }",
      'found "-x" for tagPrefix, with which no tag can begin; write at most 32 letters, digits, dots, dashes and underscores, the first no dot or dash',
    ],
    [
      "{ repository: a/b, lookaside: http://example.com }",
      "found plain http for lookaside; write https://… (plain http is for loopback only)",
    ],
    [
      "{ repository: a/b, signedSince: 1.4 }",
      "found the number 1.4 for signedSince, where a version tag such as v1.4.0 is expected; write a version tag such as v1.4.0",
    ],
    ["{ repository: a/b, signedSince: v1 }", 'found "v1" for signedSince, which is no version tag; write three numbers, such as v1.4.0'],
    [
      "{ repository: a/b, grace: 48 h }",
      'found "48 h" for grace; write a number and a unit (s, m, h, d or w), such as 30m or 48h, at most 3650d',
    ],
    [
      "{ repository: a/b, unknownFor: 999999d }",
      'found "999999d" for unknownFor; write a number and a unit (s, m, h, d or w), such as 30m or 48h, at most 3650d',
    ],
    ["{ repository: a/b, recheck: weekly }", 'found "weekly" for recheck; write nightly'],
    ["{ repository: a/b, recheck: { rolling: 0 } }", "found 0 for rolling; write a whole number from 1 to 365"],
    ["{ repository: a/b, recheck: {} }", "found no rolling in recheck; write rolling:"],
    ["{ repository: a/b, tags: [v1] }", "found a list for tags, where a mapping is expected; write key: value, one a line"],
    [
      "{ repository: a/b, tags: { include: v* } }",
      "found text for include, where a list is expected; write [a, b], or one line with - for each",
    ],
    ["{ repository: a/b, tags: { include: [] } }", "found an empty list for include; write at least one item, or remove the key"],
    ["{ repository: a/b, tags: { include: [1.10] } }", 'found the number 1.10 for include, where text is expected; write "1.10" in quotes'],
    [
      '{ repository: a/b, tags: { include: ["!v*"] } }',
      'found "!v*" for include: a pattern that starts with "!"; write it under exclude:, without !',
    ],
    [
      '{ repository: a/b, tags: { exclude: ["^v.*$"] } }',
      'found "^v.*$" for exclude: "^", which no tag can have; write a glob such as v*, *-rc* or 1.2.? (no regular expression)',
    ],
    [
      "{ repository: a/b, tags: { semver: newest } }",
      'found "newest" for semver, which is no range of versions; write one such as >=1.0.0 or ^2.1',
    ],
    ["{ repository: a/b, tags: { newest: 0 } }", "found 0 for newest; write a whole number from 1 to 1000000"],
    ["{ repository: a/b, owner: }", "found nothing for owner, where text is expected; write text"],
    ['{ repository: a/b, owner: " " }', "found empty text for owner; write a value, or remove the key"],
  ])("%s is refused", (entry, problem) => {
    expect(problemsOf(entry)).toEqual([`error: ${problem}`]);
  });

  it.each([
    ['include: ["v*"], exclude: ["*"]', true],
    ['include: ["v1.*"], exclude: ["v*"], moving: []', true],
    ['include: ["v*"], exclude: ["v1.*"]', false],
    ['exclude: ["*-rc*"]', false],
  ])("is warned of whose tags: { %s } match nothing: %s", (tags, warned) => {
    const text = `version: 1\nrepositories: [{ repository: a/b, tags: { ${tags} } }]\n${POLICIES}`;
    expect(codesOf(text).some((code) => code.startsWith("~nothing-watched"))).toBe(warned);
  });

  it("takes defaults key by key", () => {
    const text = `version: 1\nrepositories: [{ repository: a/b, tags: { include: ["v*"] } }]\n${POLICIES.replace("policy: p", 'policy: p, grace: 1h, tags: { exclude: ["*-rc*"] }')}`;
    expect(loaded(text).repositories).toMatchObject([{ graceSeconds: 3600, tags: { include: ["v*"], exclude: [] } }]);
  });

  it("tells a wrong default once", () => {
    const text =
      "version: 1\ndefaults: { policy: q, grace: x }\nrepositories: [{ repository: a/b }, { repository: a/c }]\npolicies: { p: { signers: [{ key: keys/release.pub }] } }\n";
    expect(codesOf(text)).toEqual(["unknown-policy 2:21", "bad-duration 2:31"]);
  });
});

describe("two entries of one repository", () => {
  it.each([
    [`{ include: ["1.*"] }`, `{ include: ["2.*"] }`],
    [`{ include: ["v*"] }`, `{ exclude: ["v*"], moving: [] }`],
    [`{ include: ["v*"], exclude: ["*-rc*"], moving: [] }`, `{ include: ["v*-rc*"] }`],
    [`{ semver: "<2.0.0", moving: [] }`, `{ semver: ">=2.0.0" }`],
    [`{ include: ["latest"] }`, `{ moving: [] }`],
    [`{ include: ["latest"] }`, `{ moving: [stable] }`],
    [`{ include: ["v1.0.0"] }`, `{ include: ["*"], exclude: ["v1.0.0"] }`],
    [`{ include: ["[ab]*"] }`, `{ include: ["{c,d}*"] }`],
  ])("%s and %s may stand side by side", (first, second) => {
    expect([overlapsOf(first, second), overlapsOf(second, first)]).toEqual([[], []]);
  });

  it.each([
    [`{}`, `{}`, "both take version tags"],
    [`{ include: ["v*"] }`, `{}`, "that takes version tags v*, this version tags"],
    [`{ include: ["v*"] }`, `{ include: ["*-rc*"] }`, "that takes version tags v*, this version tags *-rc*"],
    [`{ include: ["v*"] }`, `{ include: ["v1.2.3"] }`, "that takes version tags v*, this v1.2.3"],
    [`{ semver: "<2.0.0" }`, `{ semver: ">=2.0.0" }`, "both take latest"],
    [`{ semver: "<2.1.0", moving: [] }`, `{ semver: ">=2.0.0" }`, "both take version tags"],
    [`{ moving: [lts] }`, `{ include: ["lts"] }`, "both take lts"],
    [`{ newest: 5 }`, `{ exclude: ["*-rc*"] }`, "both take version tags"],
  ])("%s and %s are refused: %s", (first, second, both) => {
    expect(overlapsOf(first, second)).toEqual([
      `sealwatch.yaml:4:19: error: found docker.io/a/b again after line 3: ${both}; write tags: with include:, exclude:, semver: or moving: [], so that no tag matches both`,
    ]);
  });

  it("are found however the repository is written, and in one list", () => {
    expect(codesOf(`version: 1\nrepositories:\n  - repository: [nginx, Docker.io/library/nginx]\n${POLICIES}`)).toEqual(["overlap 3:25"]);
  });
});
