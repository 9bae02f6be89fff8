import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadFromText } from "./load-from-text.ts";

const SCHEMA = JSON.parse(readFileSync("lib/watchlist/sealwatch.schema.json", "utf8")) as object;
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(SCHEMA);

const BASE = {
  version: "version: 1",
  policies: "policies: { p: { signers: [{ key: keys/release.pub }] } }",
  repositories: "repositories: [{ repository: ghcr.io/acme/app, policy: p }]",
};
const TOPIC = '"arn:aws:sns:eu-central-1:111122223333:sealwatch"';
const KEYLESS = "issuer: https://token.actions.githubusercontent.com";

/** A good watch list with one line of it replaced, or added. */
function listWith(line: string): string {
  const key = line.slice(0, line.indexOf(":"));
  return `${Object.values({ ...BASE, [key]: line }).join("\n")}\n`;
}

function repositoryWith(settings: string): string {
  return `repositories: [{ repository: ghcr.io/acme/app, policy: p, ${settings} }]`;
}

function signerWith(signer: string): string {
  return `policies: { p: { signers: [{ key: keys/release.pub }, ${signer}] } }`;
}

const VALID = [
  BASE.version,
  "defaults: { policy: p, owner: x, tags: {}, target: both, signedSince: v1.4.0, grace: 0s, unknownFor: 48h }",
  "repositories: [{ repository: [nginx, ghcr.io/acme/app, localhost:5000/x], policy: p }]",
  'repositories: [{ repository: ["ghcr.io/acme/**", nginx, "acme/*", "localhost:5000/a-?/*"], exclude: ["old/**"], policy: p }]',
  repositoryWith('tags: { include: ["v*", "[0-9]*", "{a,b}?"], exclude: [], semver: ">=1.0.0", newest: 50, moving: [] }'),
  repositoryWith('signatureRepository: acme/sigs, tagPrefix: "", lookaside: https://example.com/x, recheck: nightly'),
  repositoryWith("tagPrefix: team-, recheck: { rolling: 14 }, target: platforms"),
  signerWith("{ name: kms, key: awskms:///alias/release, until: 2027-01-01 }"),
  signerWith(`{ keyless: { ${KEYLESS}, subject: x } }`),
  signerWith(`{ keyless: { ${KEYLESS}, subjectPattern: "https://github\\\\.com/acme/.+", trustedRoot: github } }`),
  signerWith(`{ keyless: { ${KEYLESS}, github: { repository: acme/app, ref: "refs/tags/{tag}" } } }`),
  signerWith("{ certificates: [keys/ca.pem] }, { gpg: keys/ops.asc }, { notation: { certificates: [keys/ca.pem], subject: CN=x } }"),
  "policies: { p: { threshold: 1, signers: [{ key: keys/release.pub }], transparencyLog: required, annotations: { a: b }, accept: [attestation], require: [{ predicate: x }] } }",
  'registries: { "ghcr.io": { plainHttp: false, ca: keys/ca.pem, redirects: [a.b], credentials: "env:U,P", tokenHost: "auth.internal:8443", pullThrough: false, concurrency: 4, budget: 90/6h, timeout: 20s, retries: 4 } }',
  "heartbeat: awssecret:///arn:aws:secretsmanager:eu-central-1:111122223333:secret:x-AbCdEf",
  "registries: { ghcr.io: { credentials: awssecret:///x, clientCertificate: keys/ca.pem, clientKey: env:KEY } }",
  'exemptions: [{ repository: nginx, tags: ["1.*"], reason: EOL, owner: x, ticket: T-1, until: 2027-01-31 }]',
  `notify: [terminal, { name: a, sns: ${TOPIC}, severity: alert, remind: 7d }, { webhook: { url: "http://localhost:1/x", secret: env:S }, owner: y }]`,
  "heartbeat: env:URL",
  "storm: { share: 20%, least: 10 }",
  "reports: [{ every: month, formats: [html, csv, json, oscal], notify: terminal }]",
  "controls: [sr-4.3]",
];

const INVALID = [
  "version: 2",
  'version: "1"',
  "colour: red",
  "include: teams/*.yaml",
  "defaults: { repository: nginx }",
  "policies: { p: {} }",
  "policies: { p: { signers: [] } }",
  "policies: { p: { signers: [{ key: keys/release.pub }], threshold: 0 } }",
  "policies: { p: { signers: [{ key: keys/release.pub }], accept: [] } }",
  "policies: { p: { signers: [{ key: keys/release.pub }], annotations: { a: 1 } } }",
  "policies: { p: { signers: [{ key: keys/release.pub }], require: [{ builder: x }] } }",
  signerWith("{ name: x }"),
  signerWith("{ key: keys/second.pub, gpg: keys/ops.asc }"),
  signerWith("{ key: gcpkms://x }"),
  signerWith("{ key: keys/second.pub, until: 2027-13-01 }"),
  signerWith("{ keyless: { subject: x } }"),
  signerWith(`{ keyless: { ${KEYLESS} } }`),
  signerWith(`{ keyless: { ${KEYLESS}, subject: x, subjectPattern: y } }`),
  signerWith(`{ keyless: { ${KEYLESS}, subjectRegExp: x } }`),
  signerWith(`{ keyless: { ${KEYLESS}, github: { owner: x } } }`),
  signerWith("{ notation: { subject: x } }"),
  signerWith("{ certificates: [] }"),
  "repositories: []",
  "repositories: [{ policy: p }]",
  "repositories: [{ repository: ghcr.io/acme/app:v1, policy: p }]",
  "repositories: [{ repository: https://ghcr.io/acme/app, policy: p }]",
  "repositories: [{ repository: [], policy: p }]",
  repositoryWith("tags: { include: [] }"),
  repositoryWith('tags: { exclude: ["!x"] }'),
  repositoryWith('tags: { exclude: ["^x$"] }'),
  repositoryWith("tags: { newest: 0 }"),
  repositoryWith("signedSince: v1"),
  repositoryWith("target: all"),
  repositoryWith("grace: 48"),
  repositoryWith("recheck: { rolling: 0 }"),
  repositoryWith("tagPrefix: -x"),
  repositoryWith("lookaside: http://example.com"),
  "registries: { ghcr: {} }",
  "registries: { https://ghcr.io: {} }",
  "registries: { ghcr.io: { credentials: user:password } }",
  "registries: { ghcr.io: { budget: 90 } }",
  "registries: { ghcr.io: { retries: 21 } }",
  "registries: { ghcr.io: { clientKey: env:KEY } }",
  'exemptions: [{ repository: nginx, tags: ["*"], reason: EOL, owner: x }]',
  "exemptions: [{ repository: nginx, tags: [], reason: EOL, owner: x, until: 2027-01-31 }]",
  'exemptions: [{ repository: nginx, tags: ["*"], reason: " ", owner: x, until: 2027-01-31 }]',
  "notify: []",
  "notify: [slack]",
  "notify: [{ name: x }]",
  "notify: [{ webhook: { url: http://hooks.example } }]",
  "notify: [{ webhook: { url: env:X, secret: hunter2 } }]",
  "heartbeat: hunter2",
  "storm: { share: 0.2 }",
  "reports: [{ every: week, formats: [html] }]",
  "controls: [sr 4]",
];

describe("sealwatch.schema.json", () => {
  it.each(VALID)("takes what the watch list takes: %s", (line) => {
    const text = listWith(line);
    expect([loadFromText(text).kind, validate(parse(text)), validate.errors]).toEqual(["loaded", true, null]);
  });

  it.each(INVALID)("refuses what the watch list refuses: %s", (line) => {
    const text = listWith(line);
    expect([loadFromText(text).kind, validate(parse(text))]).toEqual(["invalid", false]);
  });
});
