import { describe, expect, it } from "vitest";
import { unsupportedSigners } from "../../lib/verification/unsupported-signers.ts";
import { makeEcKey, makeRsaKey } from "./make-candidate.ts";
import { keySigner, policyOf } from "./policy-of-keys.ts";

describe("unsupportedSigners", () => {
  it("is empty for keys that can be read", () => {
    expect(unsupportedSigners(policyOf([keySigner("a", makeEcKey().pem), keySigner("b", makeRsaKey(2048).pem)]))).toEqual([]);
  });

  it("names every signer that cannot be judged, with its kind", () => {
    const policy = policyOf([
      keySigner("a", makeEcKey().pem),
      { ...keySigner("kms", null), source: "awskms:///alias/release" },
      keySigner("broken", "no key"),
      { kind: "gpg", name: "ops", until: null, keyring: "" },
      { kind: "notation", name: "acme", until: null, pems: [], subject: null },
      { kind: "certificates", name: "pki", until: null, pems: [] },
    ]);
    expect(unsupportedSigners(policy)).toEqual([
      "kms (key in awskms:///alias/release)",
      "broken (key: no PEM text of a public key)",
      "ops (gpg)",
      "acme (notation)",
    ]);
  });
});
