import { describe, expect, it } from "vitest";
import { codesOf, linesOf, loaded, loadFromText, MINIMAL } from "./load-from-text.ts";

const TEAM = `
policies: { team: { signers: [{ key: release.pub }] } }
repositories: [{ repository: ghcr.io/acme/team, policy: team }]
`;

describe("include", () => {
  it("takes paths relative to the file that names them", () => {
    const { policies } = loaded(`version: 1\ninclude: [teams/a.yaml]${MINIMAL}`, {
      "teams/a.yaml": TEAM,
      "teams/release.pub": keyBeside(),
    });
    expect(policies.get("team")?.signers).toMatchObject([{ name: "release", pem: keyBeside() }]);
  });

  it("reads a file once, however often it is named", () => {
    const { repositories } = loaded(`version: 1\ninclude: [teams/*.yaml, teams/a.yaml]${MINIMAL}`, {
      "teams/a.yaml": "repositories: [{ repository: a/b, policy: p }]",
    });
    expect(repositories.map(({ repository }) => repository.name)).toEqual(["ghcr.io/acme/app", "docker.io/a/b"]);
  });

  it("lets an included file's defaults hold for its own repositories only", () => {
    const { repositories } = loaded(`version: 1\ninclude: [a.yaml, b.yaml]\ndefaults: { policy: p, owner: all }${MINIMAL}`, {
      "a.yaml": "defaults: { owner: team-a }\nrepositories: [{ repository: a/a }]",
      "b.yaml": "repositories: [{ repository: b/b }]",
    });
    expect(repositories.map(({ owner }) => owner)).toEqual(["all", "team-a", "all"]);
  });

  it("names the included file in its problems", () => {
    expect(
      linesOf(loadFromText(`version: 1\ninclude: [teams/a.yaml]${MINIMAL}`, { "teams/a.yaml": "repositories:\n  - repository: A/b\n" })),
    ).toEqual([
      "teams/a.yaml:2:5: error: found no policy for a repository; write policy:, here or under defaults:",
      'teams/a.yaml:2:17: error: found "A/b" for repository: the repository is lower-case letters and digits, separated by . _ - or /; write registry/path without tag or digest, such as ghcr.io/acme/app',
    ]);
  });

  it("refuses circles, and a file that includes itself", () => {
    const others = { "a.yaml": "include: [b.yaml]", "b.yaml": "include: [a.yaml]" };
    expect(linesOf(loadFromText(`version: 1\ninclude: [a.yaml]${MINIMAL}`, others))).toEqual([
      'b.yaml:1:11: error: found "a.yaml", which includes a file that includes this one; write a pattern without it',
    ]);
    expect(codesOf(`version: 1\ninclude: ["*.yaml"]${MINIMAL}`)).toEqual(["include-cycle 2:11"]);
  });

  it("refuses what belongs into the first file", () => {
    expect(codesOf(`version: 1\ninclude: [a.yaml]${MINIMAL}`, { "a.yaml": "heartbeat: env:URL" })).toEqual(["unknown-key 1:1"]);
  });

  it("refuses a policy or a registry that two files define, and names the other place", () => {
    const other = { "teams/a.yaml": "policies: { p: { signers: [{ key: ../keys/release.pub }] } }\nregistries: { ghcr.io: {} }\n" };
    expect(linesOf(loadFromText(`version: 1\ninclude: [teams/a.yaml]${MINIMAL}registries: { ghcr.io: {} }`, other))).toEqual([
      'teams/a.yaml:1:13: error: found a second policy "p", as in ../sealwatch.yaml:3; write another name',
      "teams/a.yaml:2:15: error: found settings for ghcr.io again, as in ../sealwatch.yaml:5; write them in one place",
    ]);
  });

  it("does not blame the first file for what a broken one may define", () => {
    const text = "version: 1\ninclude: [a.yaml]\nrepositories: [{ repository: a/b, policy: elsewhere }]\n";
    expect(linesOf(loadFromText(text, { "a.yaml": "policies: [" }))).toEqual([
      expect.stringMatching(/^a\.yaml:1:12: error: found a line that is not indented far enough, or a bracket that is never closed/),
    ]);
  });
});

function keyBeside(): string {
  return [...loaded(`version: 1${MINIMAL}`).policies.values()].flatMap(({ signers }) =>
    signers.map((signer) => (signer.kind === "key" ? signer.pem : null)),
  )[0]!;
}
