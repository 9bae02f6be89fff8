import { describe, expect, it } from "vitest";
import { CERTIFICATE_PEM, linesOf, loaded, loadFromText, MINIMAL, PRIVATE_PEM, RELEASE_PEM } from "./load-from-text.ts";

const SECP256K1_PEM = `-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZ
WfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==
-----END PUBLIC KEY-----
`;

/** The problems of a policy with these signers, without file and line. */
function problemsOf(policy: string, others: Readonly<Record<string, string>> = {}): string[] {
  const text = `version: 1\nrepositories: [{ repository: a/b, policy: p }]\npolicies:\n  p: ${policy}\n`;
  return linesOf(loadFromText(text, others))
    .filter((line) => !line.includes("cannot use yet"))
    .map((line) => line.replace(/^[^ ]+ /, ""));
}

function signersOf(signers: string): readonly { name: string }[] {
  return loaded(`version: 1\nrepositories: [{ repository: a/b, policy: p }]\npolicies:\n  p: { signers: ${signers} }\n`).policies.get("p")!
    .signers;
}

describe("a key", () => {
  it("may stand in the watch list itself", () => {
    const block = RELEASE_PEM.trim()
      .split("\n")
      .map((line) => `          ${line}`)
      .join("\n");
    const text = `version: 1\nrepositories: [{ repository: a/b, policy: p }]\npolicies:\n  p:\n    signers:\n      - key: |\n${block}\n`;
    expect(loaded(text).policies.get("p")!.signers).toEqual([
      { kind: "key", name: "key-1", until: null, pem: RELEASE_PEM, source: "inline" },
    ]);
  });

  it.each([
    ["a private key", PRIVATE_PEM, /^error: found a private key in "keys\/x", where a public key is expected; write the public key \(/],
    [
      "cosign's encrypted private key",
      "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
      /^error: found an encrypted private key in "keys\/x"/,
    ],
    ["a public key with a private one", RELEASE_PEM + PRIVATE_PEM, /^error: found a private key in "keys\/x"/],
    ["a certificate", CERTIFICATE_PEM, /^error: found a certificate in "keys\/x", .*; write certificates: \[FILE\] instead of key:$/],
    ["two keys", RELEASE_PEM + RELEASE_PEM, /^error: found 2 PEM blocks in "keys\/x"; write one signer for each key$/],
    ["an unsupported curve", SECP256K1_PEM, /^error: found a key on the curve secp256k1 in "keys\/x"; write an ECDSA \(P-256/],
    [
      "a broken key",
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      /^error: found PEM text that holds no readable public key in "keys\/x"/,
    ],
    ["no PEM text", "\u0000\u0001binary", /^error: found no PEM text in "keys\/x"/],
    ["a PGP key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", /^error: found a PGP key in "keys\/x", .*; write gpg: FILE instead of key:$/],
  ])("is refused where the file holds %s", (_name, content, expected) => {
    expect(problemsOf("{ signers: [{ key: keys/x }] }", { "keys/x": content })).toEqual([expect.stringMatching(expected)]);
  });

  it("never shows a private key, neither from a file nor from the watch list", () => {
    const secret = PRIVATE_PEM.split("\n")[1]!;
    const inline = JSON.stringify(PRIVATE_PEM);
    const places = [
      `{ signers: [{ key: ${inline} }] }`,
      `{ signers: ${inline} }`,
      `{ signers: [{ certificates: [${inline}] }] }`,
      `{ signers: [{ gpg: ${inline} }] }`,
    ];
    const told = places.map((place) => problemsOf(place).join("\n"));
    expect(told.filter((text) => text === "" || text.includes(secret))).toEqual([]);
    expect(told[0]).toMatch(/found a private key in PEM text/);
  });

  it.each([
    ["absent.pub", 'error: found no readable file "absent.pub" for key; write a path relative to the file that names it'],
    ["gcpkms://projects/x", "error: found a key kept in gcpkms://; write a PEM file's path, PEM text or awskms:///…"],
    ["https://example.com/k.pub", "error: found a key kept in https://; write a PEM file's path, PEM text or awskms:///…"],
    ["awskms://x", 'error: found "awskms://x" for key; write awskms:///alias/NAME or awskms:///arn:aws:kms:REGION:ACCOUNT:key/ID'],
  ])("is refused as %s", (key, line) => {
    expect(problemsOf(`{ signers: [{ key: "${key}" }] }`)).toEqual([line]);
  });
});

describe("a policy", () => {
  it.each([
    ["{ signers: [] }", "error: found an empty list for signers; write at least one item, or remove the key"],
    ["{ threshold: 1 }", "error: found no signers in policy p; write signers:"],
    ["{ threshold: 0, signers: [{ key: keys/release.pub }] }", "error: found 0 for threshold; write a whole number from 1 to 100"],
    ["{ threshold: 1.5, signers: [{ key: keys/release.pub }] }", "error: found 1.5 for threshold; write a whole number from 1 to 100"],
    [
      '{ threshold: "1", signers: [{ key: keys/release.pub }] }',
      "error: found text for threshold, where a whole number is expected; write a whole number without quotes",
    ],
    [
      "{ threshold: 2, signers: [{ key: keys/release.pub }] }",
      "error: found a threshold of 2 with 1 different signers; write at most 1, or name more signers",
    ],
    [
      "{ accept: [], signers: [{ key: keys/release.pub }] }",
      "error: found an empty list for accept; write at least one item, or remove the key",
    ],
    [
      "{ transparencyLog: yes, signers: [{ key: keys/release.pub }] }",
      'error: found "yes" for transparencyLog; write none, optional or required',
    ],
    [
      "{ annotations: { build: 7 }, signers: [{ key: keys/release.pub }] }",
      'error: found the number 7 for build, where text is expected; write "7" in quotes',
    ],
    ["{ require: [{ builder: x }], signers: [{ key: keys/release.pub }] }", "error: found no predicate in require; write predicate:"],
    [
      "{ signers: [{ name: a, key: keys/release.pub }, { name: a, key: keys/second.pub }] }",
      'error: found a second signer named "a", as in line 4; write another name',
    ],
    [
      "{ signers: [{ key: keys/release.pub, until: 2027-02-30 }] }",
      'error: found "2027-02-30" for until, which is no day of the calendar; write YYYY-MM-DD, such as 2027-01-31',
    ],
    [
      "{ signers: [{ key: keys/release.pub, gpg: keys/ops.asc }] }",
      "error: found key and gpg in one signer; write one of key, keyless, certificates, gpg, notation; further signers are further entries",
    ],
    [
      "{ signers: [{ certificates: [keys/release.pub] }] }",
      'error: found PEM text that is no readable certificate in "keys/release.pub"; write a file with -----BEGIN CERTIFICATE-----',
    ],
    [
      "{ signers: [{ gpg: keys/release.pub }] }",
      "error: found a PEM block that is no PGP PUBLIC KEY BLOCK for gpg; write an armoured public key (gpg --armor --export)",
    ],
    ["{ signers: [{ notation: { subject: x } }] }", "error: found no certificates in notation; write certificates:"],
  ])("%s is refused", (policy, line) => {
    expect(problemsOf(policy)).toContain(line);
  });

  it("counts a key that is listed twice once", () => {
    const others = { "copy.pub": RELEASE_PEM };
    expect(problemsOf("{ threshold: 2, signers: [{ key: keys/release.pub }, { key: copy.pub }] }", others)).toEqual([
      "error: found a threshold of 2 with 1 different signers; write at most 1, or name more signers",
      "warning: found the signer of line 4 again, which counts once; remove one of them",
    ]);
  });

  it("gives every signer a name of its own", () => {
    const names = signersOf(
      "[{ key: keys/release.pub }, { key: ./keys/release.pub }, { name: second, key: keys/release.pub }, { key: keys/second.pub }]",
    );
    expect(names.map(({ name }) => name)).toEqual(["release", "release-2", "second", "second-2"]);
  });

  it("is told when nobody uses it", () => {
    const text = `version: 1${MINIMAL}`.replace("policies: {", "policies: { old: { signers: [{ key: keys/second.pub }] },");
    expect(linesOf(loadFromText(text))).toEqual([
      'sealwatch.yaml:2:13: warning: found the policy "old", which no repository uses; remove it, or name it under policy:',
    ]);
  });

  it("is suggested where its name is misspelt", () => {
    const text =
      "version: 1\nrepositories: [{ repository: a/b, policy: realese }]\npolicies: { release: { signers: [{ key: keys/release.pub }] } }\n";
    expect(linesOf(loadFromText(text))).toEqual([
      'sealwatch.yaml:2:43: error: found "realese" for policy, which is not under policies:; write "release"',
    ]);
  });
});

describe("a word of another tool", () => {
  it.each([
    [
      "{ signers: [{ keyless: { issuer: https://i.example, subjectRegExp: x } }] }",
      "write subjectPattern (RE2, matched against the whole identity)",
    ],
    [
      "{ signers: [{ keyless: { issuer: https://i.example, subjectRegex: x } }] }",
      "write subjectPattern (RE2, matched against the whole identity)",
    ],
    ["{ signers: [{ keyless: { issuerRegExp: x, subject: y } }] }", "write issuer, in full: an issuer is never matched by a pattern"],
    ["{ attestors: [] }", "write signers: a list, with threshold beside it"],
    ["{ authorities: [] }", "write signers: a list, with threshold beside it"],
    ["{ signers: [{ keyData: x }] }", "write key: with the PEM text of the public key, or the path of its file"],
    ["{ signers: [{ keyPath: x }] }", "write key: with the path of the public key's file"],
    ["{ sigstoreSigned: {} }", "write a policy with signers, and its name under policy:"],
    ["{ rekor: {} }", "write transparencyLog: none, optional or required"],
    ["{ treshold: 1 }", "write threshold"],
    ["{ colour: red }", "write one of threshold, signers, transparencyLog, annotations, accept, require, or remove it"],
  ])("%s: %s", (policy, remedy) => {
    const line = problemsOf(policy).find((problem) => problem.startsWith("error: found the unknown key"));
    expect(line?.slice(line.indexOf("; ") + 2)).toBe(remedy);
  });
});
