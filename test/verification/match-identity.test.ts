import { describe, expect, it } from "vitest";
import type { CertificateIdentity } from "../../lib/verification/identity/certificate-identity.ts";
import { isTagBound, matchIdentity } from "../../lib/verification/identity/match-identity.ts";
import type { KeylessSigner } from "../../lib/watchlist/watch-list.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/";

function signer(changes: Partial<KeylessSigner>): KeylessSigner {
  const none = { subject: null, subjectPattern: null, github: null };
  return { kind: "keyless", name: "release", until: null, issuer: ISSUER, trustedRoot: "public-good", ...none, ...changes };
}

function identity(
  subject: string,
  claims: Partial<CertificateIdentity["claims"]> = {},
  issuer: string | null = ISSUER,
): CertificateIdentity {
  return {
    subjects: [subject],
    issuer,
    claims: { repository: null, ref: null, workflow: null, workflowFile: null, trigger: null, ...claims },
  };
}

function match(subject: string, changes: Partial<KeylessSigner>, names: readonly string[] = ["v1.2.3"]): boolean {
  return matchIdentity(identity(subject), signer(changes), names).kind === "match";
}

describe("matchIdentity", () => {
  it("takes a subject exactly, and an issuer exactly", () => {
    expect(match("a@acme.example", { subject: "a@acme.example" })).toBe(true);
    expect(match("A@acme.example", { subject: "a@acme.example" })).toBe(false);
    expect(match("a@acme.example.stranger.example", { subject: "a@acme.example" })).toBe(false);
    expect(matchIdentity(identity("a", {}, "https://other"), signer({ subject: "a" }), []).kind).toBe("mismatch");
    expect(matchIdentity(identity("a", {}, null), signer({ subject: "a" }), []).kind).toBe("mismatch");
  });

  it("puts the tag, or the version without its v, into subjects", () => {
    expect(match(`${WORKFLOW}v1.2.3`, { subject: `${WORKFLOW}{tag}` })).toBe(true);
    expect(match(`${WORKFLOW}v1.2.4`, { subject: `${WORKFLOW}{tag}` })).toBe(false);
    expect(match(`${WORKFLOW}release-1.2.3`, { subject: `${WORKFLOW}release-{version}` })).toBe(true);
    expect(match(`${WORKFLOW}$&`, { subject: `${WORKFLOW}{tag}` }, ["$&"])).toBe(true);
  });

  it("takes any of the names that a moving tag stands for", () => {
    expect(match(`${WORKFLOW}v1.2.3`, { subject: `${WORKFLOW}{tag}` }, ["v1.2.3-alpine", "v1.2.3"])).toBe(true);
    expect(match(`${WORKFLOW}latest`, { subject: `${WORKFLOW}{tag}` }, ["v1.2.3"])).toBe(false);
  });

  it("matches patterns against the whole subject, the tag in them as text", () => {
    expect(match(`${WORKFLOW}v1.2.3`, { subjectPattern: String.raw`https://github\.com/acme/.*@refs/tags/{tag}` })).toBe(true);
    expect(match(`${WORKFLOW}v1x2x3`, { subjectPattern: String.raw`https://github\.com/acme/.*@refs/tags/{tag}` })).toBe(false);
    expect(match(`${WORKFLOW}v1.2.3`, { subjectPattern: "github" })).toBe(false);
    expect(match("(?i)", { subjectPattern: "(?i)ABC" })).toBe(false);
    expect(match("abc", { subjectPattern: "(?i)ABC" })).toBe(true);
  });

  it("takes linear time for a pattern that hangs others", () => {
    expect(match(`${"a".repeat(4000)}!`, { subjectPattern: "(a+)+$" })).toBe(false);
  });

  it("says where a pattern matches only a part", () => {
    const result = matchIdentity(identity(`${WORKFLOW}v1`), signer({ subjectPattern: "github\\.com/acme" }), ["v1"]);
    expect(result).toMatchObject({ detail: expect.stringContaining("matches a part; patterns here match the whole identity") as string });
    const far = matchIdentity(identity("x"), signer({ subjectPattern: "github\\.com/acme" }), ["v1"]);
    expect(far).toMatchObject({ detail: expect.not.stringContaining("matches a part") as string });
  });

  it("asks for every claim, which tells apart the callers of a reusable workflow", () => {
    const reusable = "https://github.com/tools/build/.github/workflows/sign.yml@refs/tags/v9";
    const claims = {
      repository: "acme/app",
      ref: "refs/tags/v1.2.3",
      workflow: "Release",
      workflowFile: ".github/workflows/release.yml",
      trigger: "push",
    };
    const asked = (github: Record<string, string>) =>
      matchIdentity(identity(reusable, claims), signer({ subject: reusable, github }), ["v1.2.3"]).kind;
    expect(asked({ repository: "acme/app" })).toBe("match");
    expect(asked({ repository: "acme/app", ref: "refs/tags/{tag}", workflow: "Release", trigger: "push" })).toBe("match");
    expect(asked({ workflow: ".github/workflows/release.yml" })).toBe("match");
    expect(asked({ repository: "acme/app-stranger" })).toBe("mismatch");
    expect(asked({ repository: "stranger/app" })).toBe("mismatch");
    expect(asked({ repository: "acme/app", trigger: "pull_request" })).toBe("mismatch");
    expect(matchIdentity(identity(reusable), signer({ subject: reusable, github: { repository: "acme/app" } }), []).kind).toBe("mismatch");
  });

  it.each([
    ["names itself so", { workflow: ".github/workflows/release.yml", workflowFile: ".github/workflows/evil.yml" }, "mismatch"],
    ["names itself so, in a certificate of before files were named", { workflow: ".github/workflows/release.yml" }, "mismatch"],
    ["is that file", { workflow: "Anything", workflowFile: ".github/workflows/release.yml" }, "match"],
  ] as const)("takes a path for a workflow's file, whatever a workflow that %s", (_what, claims, kind) => {
    const github = { workflow: ".github/workflows/release.yml" };
    expect(matchIdentity(identity("x", claims), signer({ github }), ["v1"]).kind).toBe(kind);
  });

  it("takes other text for a name, which no file meets", () => {
    const claims = { workflow: "Build", workflowFile: ".github/workflows/Release" };
    expect(matchIdentity(identity("x", claims), signer({ github: { workflow: "Release" } }), ["v1"]).kind).toBe("mismatch");
  });

  it("names what is expected and what is found, and how near that is", () => {
    const near = matchIdentity(identity(`${WORKFLOW}v1.2.4`), signer({ subject: `${WORKFLOW}{tag}` }), ["v1.2.3"]);
    expect(near).toMatchObject({ agreements: 1, detail: `release expects subject "${WORKFLOW}v1.2.3", found "${WORKFLOW}v1.2.4"` });
    const far = matchIdentity(identity("x", {}, null), signer({ subject: "y" }), []);
    expect(far).toMatchObject({ agreements: 0, detail: `release expects subject "y", found "x"; issuer "${ISSUER}", found none` });
  });
});

describe("isTagBound", () => {
  it("tells whether the verdict of one tag may differ from another's on the same digest", () => {
    expect(isTagBound(signer({ subject: "a" }))).toBe(false);
    expect(isTagBound(signer({ subject: "a{tag}" }))).toBe(true);
    expect(isTagBound(signer({ subjectPattern: "a{version}" }))).toBe(true);
    expect(isTagBound(signer({ subject: "a", github: { ref: "refs/tags/{tag}" } }))).toBe(true);
  });
});
