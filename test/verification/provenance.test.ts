import { describe, expect, it } from "vitest";
import { isBuilder, isPredicate, isSource, readProvenance } from "../../lib/verification/form/provenance.ts";

const V1 = "https://slsa.dev/provenance/v1";
const V02 = "https://slsa.dev/provenance/v0.2";

describe("readProvenance", () => {
  it.each([
    [
      "of a GitHub workflow",
      V1,
      { buildDefinition: { externalParameters: { workflow: { repository: "https://github.com/acme/app", ref: "refs/tags/v1" } } } },
      "https://github.com/acme/app@refs/tags/v1",
    ],
    [
      "of BuildKit",
      V1,
      { buildDefinition: { externalParameters: { configSource: { uri: "https://github.com/acme/app.git#refs/heads/main" } } } },
      "https://github.com/acme/app.git#refs/heads/main",
    ],
    [
      "of resolved dependencies only",
      V1,
      { buildDefinition: { resolvedDependencies: [{ uri: "git+https://github.com/acme/app@refs/heads/main" }] } },
      "git+https://github.com/acme/app@refs/heads/main",
    ],
    [
      "of version 0.2",
      V02,
      { invocation: { configSource: { uri: "git+https://github.com/acme/app@refs/tags/v1" } } },
      "git+https://github.com/acme/app@refs/tags/v1",
    ],
    [
      "of version 0.2 with materials only",
      V02,
      { materials: [{ uri: "git+https://github.com/acme/app" }] },
      "git+https://github.com/acme/app",
    ],
    ["that says nothing", V1, {}, null],
  ])("reads the source %s", (_, type, predicate, source) => {
    expect(readProvenance(type, predicate)?.source).toBe(source);
  });

  it("reads the builder, and nothing of other predicates", () => {
    expect(readProvenance(V1, { runDetails: { builder: { id: "https://b" } } })?.builder).toBe("https://b");
    expect(readProvenance(V02, { builder: { id: "https://b" } })?.builder).toBe("https://b");
    expect(readProvenance("https://spdx.dev/Document", { builder: { id: "https://b" } })).toBeNull();
    expect(readProvenance(null, {})).toBeNull();
  });
});

describe("isBuilder", () => {
  it.each([
    ["https://b/w.yml@refs/tags/v1", "https://b/w.yml@refs/tags/v1", true],
    ["https://b/w.yml@refs/tags/v1", "https://b/w.yml", true],
    ["https://b/v12", "https://b/v1", false],
    ["https://b/w.yml", "https://b/w.ym", false],
    ["https://b/w.yml@refs/tags/v1", "https://b/w.yml@refs/tags/v2", false],
    [null, "https://b", false],
  ])("%s for %s: %s", (builder, asked, expected) => {
    expect(isBuilder({ builder, source: null }, asked)).toBe(expected);
  });
});

describe("isSource", () => {
  it.each([
    ["git+https://github.com/acme/app@refs/tags/v1", "https://github.com/acme/app", true],
    ["https://github.com/acme/app.git#refs/heads/main", "https://github.com/acme/app", true],
    ["git+ssh://git@github.com/acme/app", "github.com/acme/app", true],
    ["https://github.com/acme/app@refs/heads/main", "https://github.com/acme/app@refs/heads/main", true],
    ["https://github.com/acme/app@refs/heads/evil", "https://github.com/acme/app@refs/heads/main", false],
    ["https://github.com/acme/app", "https://github.com/acme/app@refs/heads/main", false],
    ["https://github.com/acme/app-stranger", "https://github.com/acme/app", false],
    ["https://github.com.stranger.example/acme/app", "https://github.com/acme/app", false],
    [null, "https://github.com/acme/app", false],
  ])("%s for %s: %s", (source, asked, expected) => {
    expect(isSource({ builder: null, source }, asked)).toBe(expected);
  });
});

describe("isPredicate", () => {
  it("takes words for types, with the version that generators put behind, and full types exactly", () => {
    expect(isPredicate(V02, "slsa-provenance")).toBe(true);
    expect(isPredicate("https://spdx.dev/Document/v2.3", "spdx")).toBe(true);
    expect(isPredicate("https://spdx.dev/DocumentX", "spdx")).toBe(false);
    expect(isPredicate(V1, V1)).toBe(true);
    expect(isPredicate(`${V1}/v2`, V1)).toBe(false);
    expect(isPredicate("x", "toString")).toBe(false);
  });
});
