import { describe, expect, it } from "vitest";
import { linesOf, loaded, loadFromText } from "./load-from-text.ts";

const ISSUER = "https://token.actions.githubusercontent.com";

function textOf(keyless: string): string {
  return `version: 1\nrepositories: [{ repository: a/b, policy: p }]\npolicies:\n  p: { signers: [{ keyless: ${keyless} }] }\n`;
}

function problemsOf(keyless: string, others: Readonly<Record<string, string>> = {}): string[] {
  return linesOf(loadFromText(textOf(keyless), others))
    .filter((line) => !line.includes("cannot use yet"))
    .map((line) => line.replace(/^[^ ]+ /, ""));
}

function problemsOfPattern(pattern: string): string[] {
  return problemsOf(`{ issuer: ${ISSUER}, subjectPattern: ${JSON.stringify(pattern)} }`);
}

describe("keyless", () => {
  it("is read with its claims", () => {
    const keyless = `{ issuer: ${ISSUER}, subjectPattern: "https://github\\\\.com/acme/.+", github: { repository: acme/app, ref: "refs/tags/{tag}" }, trustedRoot: github }`;
    expect(loaded(textOf(keyless)).policies.get("p")!.signers).toEqual([
      {
        kind: "keyless",
        name: "keyless-1",
        until: null,
        issuer: ISSUER,
        subject: null,
        subjectPattern: String.raw`https://github\.com/acme/.+`,
        github: { repository: "acme/app", ref: "refs/tags/{tag}" },
        trustedRoot: "github",
      },
    ]);
  });

  it("takes a trusted root from a file", () => {
    const others = { "root.json": `{"mediaType":"x"}`, "broken.json": "{" };
    const [signer] = loaded(textOf(`{ issuer: ${ISSUER}, subject: x, trustedRoot: root.json }`), others).policies.get("p")!.signers;
    expect(signer).toMatchObject({ trustedRoot: `{"mediaType":"x"}` });
    expect(problemsOf(`{ issuer: ${ISSUER}, subject: x, trustedRoot: broken.json }`, others)).toEqual([
      'error: found no JSON document in "broken.json"; write the path of a trusted_root.json file',
    ]);
    expect(problemsOf(`{ issuer: ${ISSUER}, subject: x, trustedRoot: absent.json }`)).toEqual([
      'error: found no readable file "absent.json" for trustedRoot; write public-good, github or the path of a trusted_root.json file',
    ]);
  });

  it.each([
    [`{ subject: x }`, "error: found no issuer in keyless; write issuer:"],
    [
      `{ issuer: ${ISSUER} }`,
      "error: found no subject in keyless: whoever has an account at the issuer could sign; write subject: or subjectPattern:",
    ],
    [
      `{ issuer: ${ISSUER}, subject: x, subjectPattern: "https://a/b" }`,
      "error: found subject and subjectPattern in one signer; write one of them, or two signers",
    ],
    [`{ issuer: accounts.google.com, subject: x }`, "error: found text that is no web address for issuer; write https://…"],
    [`{ issuer: ${ISSUER}, subject: "x@{branch}" }`, 'error: found the placeholder "{branch}" in subject; write {tag} or {version}'],
    [`{ issuer: ${ISSUER}, github: { ref: "{sha}" } }`, 'error: found the placeholder "{sha}" in ref; write {tag} or {version}'],
    [`{ issuer: ${ISSUER}, github: {} }`, "error: found no claim in github; write repository: OWNER/NAME"],
    [
      `{ issuer: ${ISSUER}, github: { owner: acme } }`,
      'error: found the unknown key "owner" in github; write one of repository, ref, workflow, trigger, or remove it',
    ],
  ])("%s is refused", (keyless, line) => {
    expect(problemsOf(keyless)).toContain(line);
  });
});

describe("subjectPattern", () => {
  it.each(["(?=x)y", String.raw`(a)\1`, "a{2,1}", "(", "*a"])("refuses %s, which is not RE2", (pattern) => {
    expect(problemsOfPattern(pattern)).toEqual([
      expect.stringMatching(/^error: found .* for subjectPattern: .*; write an RE2 pattern \(no look-around, no back-references\)$/),
    ]);
  });
});

describe("claims", () => {
  it.each([
    [
      `{ issuer: ${ISSUER}, github: { ref: "refs/tags/{tag}" } }`,
      "warning: found claims without a repository, which also let in https://github.com/stranger/app/.github/workflows/release.yml@refs/tags/v1; write github: { repository: OWNER/NAME }",
    ],
    [
      `{ issuer: ${ISSUER}, subject: "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0" }`,
      "warning: found a workflow of slsa-framework/slsa-github-generator without a repository: it signs for whoever calls it, which also lets in stranger/app; write github: { repository: OWNER/NAME }",
    ],
    [
      `{ issuer: ${ISSUER}, github: { repository: acme/app, workflow: Release } }`,
      'warning: found "Release" for workflow, a name that any workflow may give itself; write its file: .github/workflows/FILE.yml',
    ],
    [
      `{ issuer: ${ISSUER}, github: { repository: acme/app, workflow: release.yml } }`,
      'warning: found "release.yml" for workflow, which is no path of a workflow\'s file: it matches nobody; write .github/workflows/release.yml',
    ],
  ])("warns of %s, which lets in whoever likes, or nobody", (keyless, line) => {
    expect(problemsOf(keyless)).toEqual([line]);
  });

  it("takes them without a word where they name the repository", () => {
    const subject = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/x.yml@refs/tags/v2.1.0";
    expect(problemsOf(`{ issuer: ${ISSUER}, subject: "${subject}", github: { repository: acme/app } }`)).toEqual([]);
    expect(problemsOf(`{ issuer: ${ISSUER}, github: { repository: acme/app, ref: "refs/tags/{tag}" } }`)).toEqual([]);
    expect(problemsOf(`{ issuer: ${ISSUER}, github: { repository: acme/app, workflow: .github/workflows/x.yml } }`)).toEqual([]);
  });
});
