import { describe, expect, it } from "vitest";
import { linesOf, loadFromText } from "./load-from-text.ts";

const ISSUER = "https://token.actions.githubusercontent.com";

function problemsOf(keyless: string): string[] {
  const text = `version: 1\nrepositories: [{ repository: a/b, policy: p }]\npolicies:\n  p: { signers: [{ keyless: ${keyless} }] }\n`;
  return linesOf(loadFromText(text)).map((line) => line.replace(/^[^ ]+ /, ""));
}

function problemsOfPattern(pattern: string): string[] {
  return problemsOf(`{ issuer: ${ISSUER}, subjectPattern: ${JSON.stringify(pattern)} }`);
}

const WORKFLOW = ".github/workflows/release.yml@refs/tags/v1";

describe("a pattern of identities", () => {
  it.each([
    String.raw`https://github\.com/acme/app/\.github/workflows/release\.yml@refs/tags/{tag}`,
    String.raw`https://github\.com/acme/[^/]+/\.github/workflows/release\.yml@refs/tags/{tag}`,
    String.raw`https://github\.com/acme/.*`,
    String.raw`https://github\.com/acme/\w+/.+`,
    String.raw`^https://github\.com/acme/[^/]+/\.github/workflows/release\.yml@refs/tags/v[0-9]+(\.[0-9]+){2}$`,
    String.raw`https://github\.com/(acme|beta)/(app|api)(-\w+)?/\.github/workflows/(?:release|ci)\.ya?ml@refs/(heads/main|tags/v\d+)`,
    String.raw`https?://\Qgithub.com\E/acme/app/.*`,
    String.raw`https://github\.com/acme/\pL+/\.github/workflows/release\.yml@refs/tags/v1`,
    String.raw`(?i)ci@acme\.example`,
    String.raw`.*@acme\.example`,
    String.raw`.*ceo@acme\.example`,
    String.raw`[\w.+-]+@(acme|beta)\.example`,
    String.raw`https://gitlab\.example/acme/.*`,
    String.raw`https://gitlab\.acme\.example/.*`,
    "spiffe://acme/ns/[a-z]+/sa/release",
  ])("passes without a word where it names an owner: %s", (pattern) => {
    expect(problemsOfPattern(pattern)).toEqual([]);
  });

  it.each([".*", ".+", "(?s).*", String.raw`[\s\S]*`, "https://.*", "(?:.{1,})", "[^ ]+", "[a-z:/.@0-9A-Z_-]*"])(
    "lets in anybody: %s",
    (pattern) => {
      expect(problemsOfPattern(pattern)).toEqual([
        expect.stringContaining("which also lets in https://stranger.example/anything; write the part that only you control"),
      ]);
    },
  );

  it.each([
    [String.raw`https://github\.com/.*`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/.+`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/[^/]+/app/.*`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/\w+/app/.*`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/[\w-]+/app/.*`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/.*/\.github/workflows/release\.yml@refs/tags/v1`, `https://github.com/stranger/app/${WORKFLOW}`],
    [String.raw`https://github\.com/(acme|[^/]+)/[^/]+/\.github/workflows/[^@]+@.*`, "https://github.com/stranger/app/"],
    [String.raw`(https://github\.com/acme/[^/]+/\.github/workflows/[^@]+@.*|https://gitlab\.com/.*)`, "https://gitlab.com/stranger/"],
    [String.raw`https://gitlab\.com/.*`, "https://gitlab.com/stranger/"],
    // Quoted text, and a weak alternative behind dozens of careful ones.
    [String.raw`https://\Qgithub.com\E/.*`, `https://github.com/stranger/app/${WORKFLOW}`],
    [
      String.raw`https://github\.com/(acme|.*)/(a|b|c|d|e|f|g|h)/\.github/workflows/(a|b|c|d|e|f|g|release)\.yml@refs/tags/v1`,
      "https://github.com/stranger/",
    ],
  ])("lets in any owner: %s", (pattern, stranger) => {
    expect(problemsOfPattern(pattern)).toEqual([expect.stringMatching(`which also lets in ${stranger}.*write the owner's name`)]);
  });

  it.each([
    ["https://github.com/acme/app/.*", `https://githubxcom/acme/app/${WORKFLOW}`],
    [String.raw`https://.*/acme/app/\.github/.*`, `https://stranger.example/acme/app/${WORKFLOW}`],
    [String.raw`https://[a-z.]*github\.com/acme/app/.*`, `https://evilgithub.com/acme/app/${WORKFLOW}`],
    [String.raw`.*github\.com/acme/app/.*`, `https://evilgithub.com/acme/app/${WORKFLOW}`],
    [String.raw`.*@refs/tags/v1`, `https://stranger.example/owner/app/${WORKFLOW}`],
  ])("lets in another host: %s", (pattern, stranger) => {
    expect(problemsOfPattern(pattern)).toEqual([expect.stringContaining(`which also lets in ${stranger}; write the host in full`)]);
  });

  it.each([
    String.raw`https://github\.com/acme.*`,
    String.raw`https://github\.com/(acme|beta).*`,
    String.raw`https://github\.com/(acme|beta)/?.*`,
    String.raw`(?i)https://github\.com/acme.*`,
    String.raw`https://github\.com/acme.+/\.github/workflows/release\.yml@refs/tags/v1`,
    String.raw`https://github\.com/acme[\w-]*/app/\.github/workflows/release\.yml@refs/tags/v1`,
  ])("lets in an owner whose name goes on: %s", (pattern) => {
    expect(problemsOfPattern(pattern)).toEqual([
      expect.stringContaining(`which also lets in https://github.com/acme-stranger/app/${WORKFLOW}`),
    ]);
  });

  it.each([
    [String.raw`.*@gmail\.com`, "stranger@gmail.com"],
    ["ci@acme.example", "ci@acmexexample"],
    [String.raw`.*acme\.example`, "ci@evilacme.example"],
    [String.raw`ci@acme\.example.*`, "ci@acme.example.stranger.example"],
  ])("lets in another address: %s", (pattern, stranger) => {
    expect(problemsOfPattern(pattern)).toEqual([expect.stringContaining(`which also lets in ${stranger}; write `)]);
  });

  it.each([
    String.raw`github\.com/acme/app`,
    "acme",
    String.raw`^https://github\.com/acme/app`,
    String.raw`https://github\.com/acme/app/\.github/workflows/release\.yml`,
  ])("matches a part, and so nobody: %s", (pattern) => {
    expect(problemsOfPattern(pattern)).toEqual([
      expect.stringContaining("matches a part of an identity; patterns here match the whole identity; write the whole"),
    ]);
  });
});

describe("an identity that is no pattern", () => {
  it.each([
    [`{ issuer: ${ISSUER}/, subject: ci@acme.example }`, `which no certificate names with a slash at its end; write ${ISSUER}`],
    [
      `{ issuer: ${ISSUER}, subject: "https://github.com/acme/*" }`,
      "for subject, in which * stands for itself: it matches nobody; write subjectPattern",
    ],
    [
      `{ issuer: ${ISSUER}, subject: "https://github.com/acme/app/.github/workflows/release.yml" }`,
      "without the ref that a workflow's identity ends with: it matches nobody; write https://github.com/acme/app/.github/workflows/release.yml@refs/tags/{tag}",
    ],
    [
      `{ issuer: ${ISSUER}, subject: "https://github.com/acme/app" }`,
      "write https://github.com/acme/app/.github/workflows/release.yml@refs/tags/{tag}",
    ],
    [
      `{ issuer: ${ISSUER}, github: { repository: "acme/*" } }`,
      "for repository, in which * stands for itself: it matches nobody; write a signer",
    ],
    [
      `{ issuer: ${ISSUER}, github: { repository: "https://github.com/acme/app" } }`,
      "which is no OWNER/NAME: it matches nobody; write acme/app",
    ],
  ])("can be nobody's: %s", (keyless, said) => {
    expect(problemsOf(keyless)).toEqual([expect.stringContaining(said)]);
  });
});
