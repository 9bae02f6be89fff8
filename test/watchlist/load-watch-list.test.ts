import { describe, expect, it } from "vitest";
import { CERTIFICATE_PEM, codesOf, linesOf, loaded, loadFromText, MINIMAL, RELEASE_PEM } from "./load-from-text.ts";

const EVERYTHING = `# every key
version: 1
include: [teams/*.yaml]
defaults: { policy: release, owner: platform }
policies:
  release:
    threshold: 2
    signers:
      - name: ops-key
        key: keys/release.pub
        until: 2027-01-01
      - key: keys/second.pub
      - key: awskms:///alias/release
      - keyless: { issuer: https://token.actions.githubusercontent.com, subject: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/{tag}" }
      - certificates: [keys/ca.pem]
      - gpg: keys/ops.asc
      - notation: { certificates: [keys/ca.pem], subject: "CN=acme" }
    transparencyLog: optional
    annotations: { team: core }
    accept: [signature, attestation]
    require: [{ predicate: slsa-provenance, builder: "https://builder.example/v1" }]
repositories:
  - repository: [ghcr.io/acme/app, nginx]
    owner: app-team
    tags: { include: ["v*"], exclude: ["*-rc*"], semver: ">=1.0.0", newest: 50, moving: [latest] }
    target: both
    signedSince: v1.4.0
    signatureRepository: ghcr.io/acme/signatures
    tagPrefix: team-
    lookaside: https://example.com/signatures
    grace: 30m
    recheck: { rolling: 14 }
    unknownFor: 2d
registries:
  GHCR.io:
    { plainHttp: false, ca: keys/ca.pem, clientCertificate: keys/ca.pem, clientKey: file:secrets/k.pem, redirects: [minio.internal], credentials: "env:USER,PASSWORD", tokenHost: auth.internal, pullThrough: true, concurrency: 4, budget: 90/6h, timeout: 20s, retries: 0 }
exemptions:
  - { repository: nginx, tags: ["1.*"], reason: EOL, owner: platform, ticket: SEC-12, until: 2027-01-31 }
notify:
  - terminal
  - { name: oncall, sns: "arn:aws:sns:eu-central-1:111122223333:sealwatch", severity: alert, remind: 7d }
  - { webhook: { url: "env:HOOK", secret: "file:hook" }, owner: payments }
heartbeat: https://heartbeat.example/abc
storm: { share: 25%, least: 5 }
reports: [{ every: month, formats: [html, csv], notify: oncall }]
controls: [sr-4.3]
`;

describe("loadWatchList", () => {
  const everything = loaded(EVERYTHING, { "teams/a.yaml": "repositories: [{ repository: ghcr.io/acme/other, grace: 1h }]" });
  const [app, nginx, other] = everything.repositories;

  it("reads every setting of a repository", () => {
    expect(app).toEqual({
      repository: { registry: "ghcr.io", path: "acme/app", name: "ghcr.io/acme/app" },
      policy: everything.policies.get("release"),
      owner: "app-team",
      tags: { include: ["v*"], exclude: ["*-rc*"], semver: ">=1.0.0", newest: 50, moving: ["latest"] },
      target: "both",
      signedSince: "v1.4.0",
      signatureRepository: { registry: "ghcr.io", path: "acme/signatures", name: "ghcr.io/acme/signatures" },
      tagPrefix: "team-",
      lookaside: "https://example.com/signatures",
      graceSeconds: 1800,
      recheck: { kind: "rolling", nights: 14 },
      unknownForSeconds: 172_800,
    });
  });

  it("expands a list of repositories, and nginx as Docker does", () => {
    expect(nginx).toEqual({ ...app, repository: { registry: "docker.io", path: "library/nginx", name: "docker.io/library/nginx" } });
  });

  it("applies the defaults of the first file to included ones, then what is built in", () => {
    expect(other).toEqual({
      repository: { registry: "ghcr.io", path: "acme/other", name: "ghcr.io/acme/other" },
      policy: everything.policies.get("release"),
      owner: "platform",
      tags: { include: null, exclude: [], semver: null, newest: null, moving: null },
      target: "index",
      signedSince: null,
      signatureRepository: null,
      tagPrefix: "",
      lookaside: null,
      graceSeconds: 3600,
      recheck: { kind: "nightly" },
      unknownForSeconds: 172_800,
    });
  });

  it("reads a policy with its keys and names signers that have none", () => {
    const policy = everything.policies.get("release")!;
    expect(policy).toMatchObject({
      name: "release",
      threshold: 2,
      transparencyLog: "optional",
      annotations: { team: "core" },
      accept: ["signature", "attestation"],
      require: [{ predicate: "slsa-provenance", builder: "https://builder.example/v1", source: null }],
    });
    expect(policy.signers.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "key ops-key",
      "key second",
      "key release",
      "keyless keyless-4",
      "certificates certificates-5",
      "gpg gpg-6",
      "notation notation-7",
    ]);
    expect(policy.signers[0]).toEqual({
      kind: "key",
      name: "ops-key",
      until: Date.parse("2027-01-01"),
      pem: RELEASE_PEM,
      source: "keys/release.pub",
    });
    expect(policy.signers[2]).toMatchObject({ pem: null, source: "awskms:///alias/release" });
  });

  it("reads registries under their canonical name, with certificates read and secrets referred to", () => {
    expect([...everything.registries]).toEqual([
      [
        "ghcr.io",
        {
          host: "ghcr.io",
          plainHttp: false,
          ca: CERTIFICATE_PEM,
          clientCertificate: CERTIFICATE_PEM,
          clientKey: "file:/watch/secrets/k.pem",
          redirects: ["minio.internal"],
          credentials: "env:USER,PASSWORD",
          concurrency: 4,
          budget: { requests: 90, seconds: 21_600 },
          tokenHost: "auth.internal",
          pullThrough: true,
          timeoutSeconds: 20,
          retries: 0,
        },
      ],
    ]);
  });

  it("reads exemptions to the end of their last day", () => {
    const until = Date.parse("2027-01-31T23:59:59.999Z");
    expect(everything.exemptions).toEqual([
      { repository: "docker.io/library/nginx", tags: ["1.*"], reason: "EOL", owner: "platform", ticket: "SEC-12", until },
    ]);
  });

  it("reads channels and what else a run needs", () => {
    expect(everything.channels).toEqual([
      { kind: "terminal", name: "terminal", severity: "notice", owner: null, remindSeconds: null },
      {
        kind: "sns",
        name: "oncall",
        severity: "alert",
        owner: null,
        remindSeconds: 604_800,
        topic: "arn:aws:sns:eu-central-1:111122223333:sealwatch",
      },
      {
        kind: "webhook",
        name: "webhook",
        severity: "notice",
        owner: "payments",
        remindSeconds: null,
        url: "env:HOOK",
        secret: "file:/watch/hook",
      },
    ]);
    expect(everything).toMatchObject({
      path: "/watch/sealwatch.yaml",
      heartbeat: "https://heartbeat.example/abc",
      storm: { share: 0.25, least: 5 },
      reports: [{ every: "month", formats: ["html", "csv"], notify: "oncall" }],
      controls: ["sr-4.3"],
    });
  });

  it("fills in what a short watch list leaves out", () => {
    expect(loaded(`version: 1${MINIMAL}`)).toMatchObject({
      channels: [{ kind: "terminal", name: "terminal", severity: "notice" }],
      registries: new Map(),
      exemptions: [],
      heartbeat: null,
      storm: { share: 0.2, least: 10 },
      reports: [],
      controls: [],
    });
  });

  it("warns of what is not built yet, and of nothing else in a good watch list", () => {
    const codes = codesOf(EVERYTHING, { "teams/a.yaml": "repositories: [{ repository: ghcr.io/acme/other }]" });
    expect(new Set(codes.map((code) => code.split(" ")[0]))).toEqual(new Set(["~not-built"]));
    expect(codes).toHaveLength(4);
    expect(codesOf(`version: 1${MINIMAL}`)).toEqual([]);
  });
});

describe("a wrong watch list", () => {
  it("tells every problem at once, in the order of the file", () => {
    const text = `version: 2
polices: {}
repositories:
  - repository: ghcr.io/acme/app:v1
    policy: p
    grace: 48
  - { repository: nginx, target: idx }
`;
    expect(linesOf(loadFromText(text))).toEqual([
      "sealwatch.yaml:1:10: error: found version 2 of the watch list; write version: 1",
      'sealwatch.yaml:2:1: error: found the unknown key "polices" in the watch list; write policies',
      'sealwatch.yaml:4:17: error: found "ghcr.io/acme/app:v1" for repository, which names a tag; write "ghcr.io/acme/app", and the tags under tags:',
      'sealwatch.yaml:5:13: error: found "p" for policy, which is not under policies:; define it',
      "sealwatch.yaml:6:12: error: found the number 48 for grace, where a duration such as 48h is expected; write a duration such as 48h",
      "sealwatch.yaml:7:5: error: found no policy for a repository; write policy:, here or under defaults:",
      'sealwatch.yaml:7:34: error: found "idx" for target; write index, platforms or both',
    ]);
  });

  it("tells warnings beside errors", () => {
    expect(codesOf(`version: 2${MINIMAL}reports: [{ every: month, formats: [html], notify: nobody }]`)).toEqual([
      "unknown-version 1:10",
      "~unknown-channel 4:52",
    ]);
  });

  it.each([
    ["an empty file", "", ["wrong-type 1:1"]],
    ["a list", "- a", ["wrong-type 1:1"]],
    ["no version", MINIMAL.trimStart(), ["missing-key 1:1"]],
    ["no repositories", "version: 1\n", ["missing-key 1:1"]],
    ["an empty list", "version: 1\nrepositories: []\n", ["empty 2:15"]],
    ["several syntax errors", 'version: 1\n\tpolicies: [\nx: "a\n', ["yaml-syntax 2:1", "yaml-syntax 3:1", "yaml-syntax 4:1"]],
    ["two documents", "version: 1\n---\nversion: 1\n", ["yaml-syntax 2:1"]],
    ["a YAML tag", `version: !secret 1${MINIMAL}`, ["yaml-syntax 1:10"]],
    ["a key twice", `version: 1\nversion: 1${MINIMAL}`, ["duplicate-key 2:1"]],
    ["a merge key", `version: 1\ndefaults: { <<: { owner: x } }${MINIMAL}`, ["unknown-key 2:13"]],
  ])("refuses %s", (_name, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });

  it("says that the file itself is missing", () => {
    expect(loadFromText("", {}).kind).toBe("invalid");
    expect(codesOf(`version: 1\ninclude: [absent.yaml]${MINIMAL}`)).toEqual(["missing-file 2:11"]);
  });

  it("follows anchors, and is not led in circles by them", () => {
    const text = `version: 1
policies: { p: { signers: &s [{ key: keys/release.pub }] }, q: { signers: *s } }
repositories: [{ repository: a/a, policy: p }, { repository: a/b, policy: q, tags: &t { include: *t } }]
`;
    expect(codesOf(text)).toEqual(["wrong-type 3:98"]);
  });
});
