import { describe, expect, it } from "vitest";
import { parseRepository, type Repository } from "../../lib/oci/reference.ts";
import { expandPatterns } from "../../lib/watchlist/select/expand-patterns.ts";
import {
  matchesRepository,
  parseRepositoryPattern,
  prefixOfPattern,
  type RepositoryPattern,
} from "../../lib/watchlist/select/repository-pattern.ts";
import { loaded } from "./load-from-text.ts";

const POLICIES = "policies: { p: { signers: [{ key: keys/release.pub }] } }\ndefaults: { policy: p }\n";

function repository(name: string): Repository {
  const parsed = parseRepository(name);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.repository;
}

function pattern(text: string): RepositoryPattern {
  const parsed = parseRepositoryPattern(text);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.pattern;
}

function watched(entries: string, names: readonly string[]): string[] {
  const list = expandPatterns(loaded(`version: 1\nrepositories: [${entries}]\n${POLICIES}`), names);
  return list.repositories.map((entry) => `${entry.repository.name} ${entry.pattern ?? "named"} ${entry.owner ?? "-"}`);
}

describe("a pattern over repositories", () => {
  it.each([
    ["ghcr.io/acme/**", "ghcr.io/acme/app", true],
    ["ghcr.io/acme/**", "ghcr.io/acme/team/app", true],
    ["ghcr.io/acme/**", "ghcr.io/acme", false],
    ["ghcr.io/acme/**", "ghcr.io/acme-evil/app", false],
    ["ghcr.io/acme/*", "ghcr.io/acme/team/app", false],
    ["ghcr.io/acme/*", "quay.io/acme/app", false],
    ["ghcr.io/**", "ghcr.io/acme/team/app", true],
    ["ghcr.io/*/api", "ghcr.io/acme/api", true],
    ["ghcr.io/**/api", "ghcr.io/a/b/api", true],
    ["ghcr.io/**/api", "ghcr.io/a/b/api-2", false],
    ["ghcr.io/acme/app-?", "ghcr.io/acme/app-1", true],
    ["ghcr.io/acme/app-?", "ghcr.io/acme/app-12", false],
    ["ghcr.io/acme/a.b*", "ghcr.io/acme/axb", false],
    ["acme/*", "docker.io/acme/app", true],
    ["localhost:5000/**", "localhost:5000/x", true],
  ])("%s takes %s: %s", (text, name, takes) => {
    expect(matchesRepository(pattern(text), repository(name))).toBe(takes);
  });

  it("takes no long time for a name that almost matches", () => {
    const hostile = { registry: "ghcr.io", path: "a".repeat(255) };
    expect(matchesRepository(pattern(`ghcr.io/a${"*a".repeat(60)}b`), hostile)).toBe(false);
  });

  it.each([
    ["ghcr.io/**", ""],
    ["ghcr.io/acme/**", "acme/"],
    ["ghcr.io/acme/app-*", "acme/"],
    ["ghcr.io/acme/*/api", "acme/"],
  ])("%s is below %j", (text, prefix) => {
    expect(prefixOfPattern(pattern(text))).toBe(prefix);
  });
});

describe("a watch list with patterns", () => {
  const NAMES = ["ghcr.io/acme/api", "ghcr.io/acme/web", "ghcr.io/acme/old/x", "ghcr.io/other/y"];

  it("watches what a pattern matches and does not leave out", () => {
    expect(watched('{ repository: ghcr.io/acme/**, exclude: "acme/old/**", owner: platform }', NAMES)).toEqual([
      "ghcr.io/acme/api ghcr.io/acme/** platform",
      "ghcr.io/acme/web ghcr.io/acme/** platform",
    ]);
  });

  it("leaves a repository to the entry that names it, and then to the first pattern", () => {
    const entries =
      "{ repository: ghcr.io/acme/w*, owner: web }, { repository: ghcr.io/acme/** }, { repository: ghcr.io/acme/api, owner: api }";
    expect(watched(entries, NAMES)).toEqual([
      "ghcr.io/acme/api named api",
      "ghcr.io/acme/web ghcr.io/acme/w* web",
      "ghcr.io/acme/old/x ghcr.io/acme/** -",
    ]);
  });

  it("allows an exemption for a repository that a pattern matches", () => {
    const text = `version: 1\nrepositories: [{ repository: ghcr.io/acme/** }]\n${POLICIES}exemptions: [{ repository: ghcr.io/acme/x, tags: ["*"], reason: EOL, owner: x, until: 2099-01-31 }]\n`;
    expect(loaded(text).exemptions).toHaveLength(1);
  });
});
