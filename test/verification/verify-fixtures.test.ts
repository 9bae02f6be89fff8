import { describe, expect, it } from "vitest";
import type { Digest } from "../../lib/oci/digest.ts";
import type { CandidateResult } from "../../lib/verification/candidate-result.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { fixtureCandidates, readFixture } from "./fixture-candidates.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const policy = policyOf([keySigner("release", readFixture("keys/release.pub"))]);

const images = readFixture("EXPECTED.tsv")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"))
  .filter(([, , , , key]) => key === "release.pub")
  .map(([scenario, tag, digest, , , expected, reason, , madeBy]) => ({
    scenario: scenario!,
    tag: tag!,
    digest: digest as Digest,
    expected: expected!,
    reason: reason!,
    madeBy: madeBy!,
  }));

function resultsOf(scenario: string, digest: Digest, chosen = policy): CandidateResult[] {
  const place = scenario === "app-code" ? "app-signatures" : scenario;
  return fixtureCandidates(place, digest).flatMap((candidate) => verifyCandidate(candidate, contextOf(chosen, digest)));
}

describe("images that released tools signed", () => {
  it.each(images.filter(({ expected }) => expected === "signed"))("verifies $scenario $tag: $madeBy", ({ scenario, digest }) => {
    const verified = resultsOf(scenario, digest).filter((result) => result.kind === "verified" && result.evidence === "signature");
    expect(verified).toHaveLength(1);
    expect(verified[0]).toMatchObject({
      signer: { signer: "release", kind: "key", identity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
  });

  it.each(images.filter(({ expected }) => expected === "untrusted"))(
    "rejects $scenario $tag as $reason: $madeBy",
    ({ scenario, digest, reason }) => {
      const results = resultsOf(scenario, digest);
      expect(results.map((result) => (result.kind === "rejected" ? result.reason : result.kind))).toEqual([reason]);
      expect(results[0]).toMatchObject({ evidence: "signature" });
    },
  );

  it.each(images.filter(({ reason }) => reason === "only-attestation"))(
    "takes no attestation for a signature in $scenario $tag",
    ({ scenario, digest }) => {
      const results = resultsOf(scenario, digest);
      expect(results).toMatchObject([
        { kind: "verified", evidence: "attestation", predicateType: expect.stringContaining("slsa.dev/provenance") },
      ]);
    },
  );

  it.each(images.filter(({ reason }) => reason === "only-unsigned-attestation"))(
    "takes no SBOM for a signature in $scenario $tag",
    ({ scenario, digest }) => {
      expect(resultsOf(scenario, digest)).toMatchObject([{ kind: "not-evidence", evidence: "unsigned-attestation" }]);
    },
  );

  it.each(images.filter(({ reason }) => reason === "nothing-found" || reason === "only-on-platform"))(
    "finds nothing on $scenario $tag",
    ({ scenario, digest }) => {
      expect(resultsOf(scenario, digest)).toEqual([]);
    },
  );

  it("keeps the stranger's layer beside the expected one as a rejection of its own", () => {
    const image = images.find(({ madeBy }) => madeBy.includes("two layers"))!;
    const results = resultsOf(image.scenario, image.digest);
    expect(results.map((result) => (result.kind === "rejected" ? result.reason : result.kind))).toEqual(["unexpected-signer", "verified"]);
  });

  it("counts each key of the policy that signed", () => {
    const both = policyOf([keySigner("release", readFixture("keys/release.pub")), keySigner("other", readFixture("keys/other.pub"))]);
    const image = images.find(({ madeBy }) => madeBy.includes("two layers"))!;
    const names = resultsOf(image.scenario, image.digest, both).map((result) =>
      result.kind === "verified" ? result.signer.signer : result.kind,
    );
    expect(names).toEqual(["other", "release"]);
  });

  it("demands annotations from the signed payload", () => {
    const image = images.find(({ madeBy }) => madeBy.endsWith("--annotations"))!;
    const bare = images.find(({ scenario, tag }) => scenario === "cosign2" && tag === "1.0.0")!;
    const [signed] = fixtureCandidates(image.scenario, image.digest);
    const payload = JSON.parse(Buffer.from((signed!.content as { bytes: Uint8Array }).bytes).toString()) as {
      optional: Record<string, string>;
    };
    const demanding = policyOf(policy.signers, { annotations: payload.optional });
    expect(Object.keys(payload.optional)).not.toHaveLength(0);
    expect(resultsOf(image.scenario, image.digest, demanding)).toMatchObject([{ kind: "verified" }]);
    expect(resultsOf(bare.scenario, bare.digest, demanding)).toMatchObject([{ kind: "rejected", reason: "policy-unmet" }]);
    const stricter = policyOf(policy.signers, { annotations: { ...payload.optional, more: "1" } });
    expect(resultsOf(image.scenario, image.digest, stricter)).toMatchObject([{ kind: "rejected", reason: "policy-unmet" }]);
  });
});

describe("images that Notation signed", () => {
  it.each([
    ["1.0.0", "JWS"],
    ["1.0.1", "COSE"],
  ])("names the signature of %s as one that cannot be verified yet (%s)", (tag, encoding) => {
    const line = readFixture("EXPECTED.tsv")
      .split("\n")
      .find((entry) => entry.startsWith(`notation-api\t${tag}\t`))!;
    const results = resultsOf("notation-api", line.split("\t")[2] as Digest);
    expect(results).toMatchObject([
      { kind: "rejected", reason: "unverifiable", evidence: "signature", detail: expect.stringContaining(encoding) },
    ]);
  });
});
