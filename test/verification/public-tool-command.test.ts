import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { parseRepository, type Repository } from "../../lib/oci/reference.ts";
import { publicToolCommand, quoteArgument } from "../../lib/verification/public-tool-command.ts";
import { makeEcKey } from "./make-candidate.ts";
import { keySigner, policyOf } from "./policy-of-keys.ts";

const digest = digestOf("image");
const { pem } = makeEcKey();

function repositoryOf(text: string): Repository {
  const parsed = parseRepository(text);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.repository;
}

const watched = {
  repository: repositoryOf("ghcr.io/acme/app"),
  signatureRepository: null,
  tagPrefix: "",
  policy: policyOf([keySigner("release", pem)]),
};

describe("publicToolCommand", () => {
  it("verifies the digest with the key of the policy", () => {
    expect(publicToolCommand(watched, digest, "v1.2.3", null)).toEqual({
      tool: "cosign >= 3.0.2",
      command: `cosign verify --key keys/release.pub --insecure-ignore-tlog=true ghcr.io/acme/app@${digest}`,
    });
  });

  it("leaves the log on where the policy asks for it", () => {
    const policy = policyOf(watched.policy.signers, { transparencyLog: "required" });
    expect(publicToolCommand({ ...watched, policy }, digest, "v1.2.3", null)?.command).not.toContain("ignore-tlog");
  });

  it("looks where the signatures are", () => {
    const elsewhere = { ...watched, signatureRepository: repositoryOf("ghcr.io/acme/signatures"), tagPrefix: "prod-" };
    const command = publicToolCommand(elsewhere, digest, "v1.2.3", null)?.command;
    expect(command).toMatch(/^COSIGN_REPOSITORY=ghcr\.io\/acme\/signatures cosign verify /);
    expect(command).toContain("--attachment-tag-prefix prod-");
  });

  it("asks for cosign's experimental referrers only where one is the evidence", () => {
    const referrer = { candidate: { form: "simple-signing", place: "referrers-api" }, predicateType: null, signer: "release" } as const;
    const tag = { candidate: { form: "simple-signing", place: "cosign-tag" }, predicateType: null, signer: "release" } as const;
    expect(publicToolCommand(watched, digest, "v1.2.3", referrer)?.command).toContain("--experimental-oci11");
    expect(publicToolCommand(watched, digest, "v1.2.3", tag)?.command).not.toContain("--experimental-oci11");
  });

  it("verifies an attestation as one", () => {
    const evidence = {
      candidate: { form: "sigstore-bundle", place: "referrers-api" },
      predicateType: "https://slsa.dev/provenance/v1",
      signer: "release",
    } as const;
    expect(publicToolCommand(watched, digest, "v1.2.3", evidence)?.command).toContain("cosign verify-attestation --key keys/release.pub");
    expect(publicToolCommand(watched, digest, "v1.2.3", evidence)?.command).toContain("--type https://slsa.dev/provenance/v1");
  });

  it("names a file for a key that stands in the watch list, and demands its annotations", () => {
    const policy = policyOf([{ ...keySigner("ops key", pem), source: pem }], { annotations: { team: "core team" } });
    expect(publicToolCommand({ ...watched, policy }, digest, "v1.2.3", null)?.command).toContain(
      `--key 'ops key.pub' --insecure-ignore-tlog=true -a 'team=core team'`,
    );
  });

  it("is null where no key is in the policy", () => {
    expect(publicToolCommand({ ...watched, policy: policyOf([]) }, digest, "v1.2.3", null)).toBeNull();
  });
});

describe("quoteArgument", () => {
  it.each(["plain", "it's", "$(id)", "`id`", "a\nb", "", "-x", "*", "~", "a;b", '"', "\\", "#", "!!"])(
    "gives a shell exactly %j",
    (text) => {
      expect(execFileSync("/bin/sh", ["-c", `printf '%s' ${quoteArgument(text)}`], { encoding: "utf8" })).toBe(text);
    },
  );
});
