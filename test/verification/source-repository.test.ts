import { describe, expect, it } from "vitest";
import { repositoryOf, workflowFileOf } from "../../lib/verification/identity/source-repository.ts";

const GITHUB = "https://token.actions.githubusercontent.com";

describe("the source repository that a certificate names", () => {
  it.each([
    ["https://github.com/acme/app", GITHUB, "acme/app"],
    ["https://github.com/acme/app", `${GITHUB}/acme-enterprise`, "acme/app"],
    ["https://acme.ghe.com/acme/app", "https://token.actions.acme.ghe.com", "acme/app"],
    ["https://github.acme.example/acme/app", "https://github.acme.example/_services/token", "acme/app"],
    ["https://gitlab.com/acme/team/app", "https://gitlab.com", "acme/team/app"],
    ["https://github.com/acme/app", "https://agent.buildkite.com", "acme/app"],
    ["https://github.com/acme/app", null, "acme/app"],
  ])("is that of %s, by the issuer %s", (address, issuer, repository) => {
    expect(repositoryOf(address, issuer)).toBe(repository);
  });

  it.each([
    ["another host", "https://evil.example/acme/app", GITHUB],
    ["another host with the name in it", "https://github.com.evil.example/acme/app", GITHUB],
    ["another host behind a user name", "https://github.com@evil.example/acme/app", GITHUB],
    ["another port", "https://github.com:8443/acme/app", GITHUB],
    ["plain http", "http://github.com/acme/app", GITHUB],
    ["GitHub, by a server that is not", "https://github.com/acme/app", "https://token.actions.acme.ghe.com"],
    ["a server, by GitHub", "https://acme.ghe.com/acme/app", GITHUB],
    ["no path", "https://github.com", GITHUB],
    ["no address", "acme/app", GITHUB],
  ])("is none on %s", (_what, address, issuer) => {
    expect(repositoryOf(address, issuer)).toBeNull();
  });
});

describe("the workflow file that a certificate names", () => {
  const SOURCE = "https://github.com/acme/app";
  const FILE = ".github/workflows/release.yml";

  it("is one of the source repository", () => {
    expect(workflowFileOf(`${SOURCE}/${FILE}@refs/tags/v1`, SOURCE)).toBe(FILE);
  });

  it.each([
    ["of another repository", `https://github.com/acme/other/${FILE}@refs/tags/v1`],
    ["of a repository whose name begins so", `${SOURCE}-fork/${FILE}@refs/tags/v1`],
    ["of another host", `https://evil.example/acme/app/${FILE}@refs/tags/v1`],
    ["in a folder below", `${SOURCE}/docs/${FILE}@refs/tags/v1`],
    ["without a ref", `${SOURCE}/${FILE}`],
  ])("is none %s", (_what, configuration) => {
    expect(workflowFileOf(configuration, SOURCE)).toBeNull();
  });

  it("is none without a source repository", () => {
    expect(workflowFileOf(`${SOURCE}/${FILE}@refs/tags/v1`, null)).toBeNull();
    expect(workflowFileOf(null, SOURCE)).toBeNull();
  });
});
