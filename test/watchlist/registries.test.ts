import { describe, expect, it } from "vitest";
import { linesOf, loaded, loadFromText, MINIMAL, PRIVATE_PEM } from "./load-from-text.ts";

function problemsOf(registries: string, others: Readonly<Record<string, string>> = {}): string[] {
  return linesOf(loadFromText(`version: 1${MINIMAL}registries: ${registries}\n`, others)).map((line) => line.replace(/^[^ ]+ /, ""));
}

const CREDENTIALS_PROBLEM =
  'error: found text for credentials that names none of the known sources; write docker, anonymous, "env:USER,PASSWORD" (in quotes), ecr, ecr:ROLE_ARN or awssecret:///NAME';

describe("registries", () => {
  it.each([
    "docker",
    "anonymous",
    "env:USER,PASSWORD",
    "ecr",
    "ecr:arn:aws:iam::111122223333:role/reader",
    "awssecret:///registry/login",
    "awssecret:///arn:aws:secretsmanager:eu-central-1:111122223333:secret:login-AbCdEf",
  ])("takes credentials from %s", (credentials) => {
    const { registries } = loaded(`version: 1${MINIMAL}registries: { ghcr.io: { credentials: "${credentials}" } }\n`);
    expect(registries.get("ghcr.io")?.credentials).toBe(credentials);
  });

  it.each([
    ["auth.internal", "auth.internal"],
    ["Auth.Internal:443", "auth.internal"],
    ["auth.internal:8443", "auth.internal:8443"],
  ])("takes the token host %s as a URL writes it: %s", (written, host) => {
    const { registries } = loaded(`version: 1${MINIMAL}registries: { ghcr.io: { tokenHost: "${written}" } }\n`);
    expect(registries.get("ghcr.io")?.tokenHost).toBe(host);
  });

  it("takes a client key by its path", () => {
    const text = `version: 1${MINIMAL}registries: { ghcr.io: { clientCertificate: keys/ca.pem, clientKey: keys/client.pem } }\n`;
    expect(loaded(text, { "keys/client.pem": PRIVATE_PEM }).registries.get("ghcr.io")?.clientKey).toBe("file:/watch/keys/client.pem");
  });

  it.each([
    ["{ ghcr.io: { credentials: user:hunter2 } }", CREDENTIALS_PROBLEM],
    ["{ ghcr.io: { credentials: env:USER,PASSWORD } }", CREDENTIALS_PROBLEM],
    [
      "{ https://ghcr.io: {} }",
      'error: found "https://ghcr.io" under registries, which starts like a web address; write host or host:port, such as registry.example:5000',
    ],
    [
      "{ ghcr.io/acme: {} }",
      'error: found "ghcr.io/acme" under registries, which is no host name; write host or host:port, such as registry.example:5000',
    ],
    ["{ ghcr.io: { plainHttp: 1 } }", "error: found the number 1 for plainHttp, where true or false is expected; write true or false"],
    [
      "{ ghcr.io: { ca: absent.pem } }",
      'error: found no readable file "absent.pem" for ca; write a path relative to the file that names it',
    ],
    [
      "{ ghcr.io: { ca: keys/release.pub } }",
      'error: found PEM text that is no readable certificate in "keys/release.pub"; write a file with -----BEGIN CERTIFICATE-----',
    ],
    ["{ ghcr.io: { clientCertificate: keys/ca.pem } }", "error: found no clientKey beside the other half; write clientKey:"],
    ["{ ghcr.io: { clientKey: env:KEY } }", "error: found no clientCertificate beside the other half; write clientCertificate:"],
    ["{ ghcr.io: { redirects: [https://x] } }", 'error: found "https://x" for redirects, which is no host name; write host or host:port'],
    [
      '{ ghcr.io: { tokenHost: "https://auth.internal/" } }',
      'error: found "https://auth.internal/" for tokenHost, which is no host name; write host or host:port',
    ],
    ["{ ghcr.io: { concurrency: 0 } }", "error: found 0 for concurrency; write a whole number from 1 to 100"],
    ["{ ghcr.io: { retries: -1 } }", "error: found -1 for retries; write a whole number from 0 to 20"],
    [
      "{ ghcr.io: { budget: 90 } }",
      "error: found the number 90 for budget, where requests and a duration such as 90/6h is expected; write requests and a duration such as 90/6h",
    ],
    ["{ ghcr.io: { budget: 0/6h } }", 'error: found "0/6h" for budget; write requests and a duration, such as 90/6h'],
    [
      "{ ghcr.io: { timeout: 0s } }",
      'error: found "0s" for timeout; write a number and a unit (s, m, h, d or w), such as 30m or 48h, at least 1s and at most 3650d',
    ],
    ["{ ghcr.io: {}, GHCR.IO: {} }", "error: found settings for ghcr.io again, as in line 4; write them in one place"],
    [
      "{ registry.example: {} }",
      "warning: found settings for registry.example, where no repository lies; remove them, or watch a repository there",
    ],
  ])("%s is told", (registries, line) => {
    expect(problemsOf(registries)).toContain(line);
  });

  it("never shows a private key or a password that stands in the wrong place", () => {
    const key = JSON.stringify(PRIVATE_PEM);
    const told = problemsOf(`{ ghcr.io: { credentials: "user,hunter2", clientCertificate: ${key}, clientKey: ${key}, ca: ${key} } }`);
    expect(told).toHaveLength(4);
    expect(told.filter((line) => line.includes("hunter2") || line.includes(PRIVATE_PEM.split("\n")[1]!))).toEqual([]);
  });
});
