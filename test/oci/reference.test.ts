import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { formatReference, isTag, parseReference, parseRepository } from "../../lib/oci/reference.ts";

const digest = digestOf("image");

describe("a reference", () => {
  it.each([
    ["nginx", "docker.io/library/nginx"],
    ["acme/app", "docker.io/acme/app"],
    ["index.docker.io/acme/app:1", "docker.io/acme/app:1"],
    ["ghcr.io/acme/app:v1.4.2", "ghcr.io/acme/app:v1.4.2"],
    ["GHCR.io/acme/app", "ghcr.io/acme/app"],
    ["localhost:5000/app", "localhost:5000/app"],
    ["[::1]:5000/app:1", "[::1]:5000/app:1"],
    [`registry.internal:5000/a/b/c@${digest}`, `registry.internal:5000/a/b/c@${digest}`],
    [`ghcr.io/acme/app:v1@${digest}`, `ghcr.io/acme/app:v1@${digest}`],
  ])("%s means %s", (text, meaning) => {
    const parsed = parseReference(text);
    expect(parsed.kind === "parsed" ? formatReference(parsed.reference) : parsed.detail).toBe(meaning);
    expect(parseReference(meaning)).toEqual(parsed);
  });

  it.each([
    "",
    "ghcr.io/Acme/app",
    "ghcr.io/acme/app:",
    "ghcr.io/acme/app:-x",
    "ghcr.io/acme/../app",
    "ghcr.io/acme//app",
    "ghcr.io:99999/app",
    "ghcr.io/acme/app@sha256:12",
    `ghcr.io/acme/app@${digest}@${digest}`,
    "https://ghcr.io/acme/app",
    "ghcr.io/acme/app?x=1",
    "evil\u202egro/app",
    `ghcr.io/${"a".repeat(256)}`,
  ])("%j is refused", (text) => {
    expect(parseReference(text).kind).toBe("malformed");
  });

  it("has no tag where a repository is wanted", () => {
    expect(parseRepository("ghcr.io/acme/app:v1").kind).toBe("malformed");
  });
});

describe("a tag", () => {
  it("has at most 128 characters of the grammar", () => {
    expect(["v1", "1.0_a-b", "x".repeat(128)].every(isTag)).toBe(true);
    expect(["", ".v1", "-v1", "a/b", "a b", "a'b", "a\u0000", "x".repeat(129), null, 1].some(isTag)).toBe(false);
  });
});
