import { describe, expect, it } from "vitest";
import { proposePolicy, type ObservedRelease, type ObservedSigner } from "../../lib/inspect/propose-policy.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@";

function signer(subject: string, changes: Partial<ObservedSigner> = {}): ObservedSigner {
  return {
    evidence: "signature",
    subject,
    issuer: ISSUER,
    claims: { repository: "acme/app" },
    predicateType: null,
    trustedRoot: "public-good",
    ...changes,
  };
}

function release(tag: string, ...signers: ObservedSigner[]): ObservedRelease {
  return { tag, signers, others: [], byKey: false, unknown: false, otherwise: "No signature" };
}

describe("proposePolicy", () => {
  it("puts the release's own tag, or version, in place of what varies", () => {
    const tagged = proposePolicy([
      release("v1.1.0", signer(`${WORKFLOW}refs/tags/v1.1.0`)),
      release("v1.0.0", signer(`${WORKFLOW}refs/tags/v1.0.0`)),
    ]);
    expect(tagged).toMatchObject({
      accept: "signature",
      signers: [{ subject: `${WORKFLOW}refs/tags/{tag}`, satisfied: ["v1.1.0", "v1.0.0"] }],
      unsatisfied: [],
      looked: 2,
    });
    const versioned = proposePolicy([
      release("1.1.0", signer(`${WORKFLOW}refs/tags/v1.1.0`)),
      release("1.0.0", signer(`${WORKFLOW}refs/tags/v1.0.0`)),
    ]);
    expect(versioned?.signers).toMatchObject([{ subject: `${WORKFLOW}refs/tags/v{tag}` }]);
    const bare = proposePolicy([release("v1.1.0", signer(`${WORKFLOW}refs/tags/app-1.1.0`))]);
    expect(bare?.signers).toMatchObject([{ subject: `${WORKFLOW}refs/tags/app-{version}` }]);
  });

  it("keeps a subject as it is that does not end with the tag as a whole", () => {
    const policy = proposePolicy([release("1.0.0", signer(`${WORKFLOW}refs/tags/v11.0.0`))]);
    expect(policy?.signers).toMatchObject([{ subject: `${WORKFLOW}refs/tags/v11.0.0` }]);
  });

  it("is never wider than what it saw: other branches are other signers", () => {
    const policy = proposePolicy([
      release("v1.1.0", signer(`${WORKFLOW}refs/heads/main`)),
      release("v1.0.0", signer(`${WORKFLOW}refs/heads/old`)),
    ]);
    expect(policy?.signers.map(({ subject }) => subject)).toEqual([`${WORKFLOW}refs/heads/main`, `${WORKFLOW}refs/heads/old`]);
  });

  it("keeps the claims that are the same for all, the tag aside, and tells repositories apart", () => {
    const claims = (tag: string, trigger: string) => ({ repository: "acme/app", ref: `refs/tags/${tag}`, trigger });
    const shared = "https://github.com/tools/build/.github/workflows/sign.yml@refs/tags/v9";
    const policy = proposePolicy([
      release("v1.2.0", signer(shared, { claims: claims("v1.2.0", "push") })),
      release("v1.1.0", signer(shared, { claims: claims("v1.1.0", "workflow_dispatch") })),
      release("v1.0.0", signer(shared, { claims: { repository: "stranger/app" } })),
    ]);
    expect(policy?.signers).toMatchObject([
      { subject: shared, github: { repository: "acme/app", ref: "refs/tags/{tag}" }, satisfied: ["v1.2.0", "v1.1.0"] },
      { subject: shared, github: { repository: "stranger/app" }, satisfied: ["v1.0.0"] },
    ]);
    expect(policy?.signers[0]!.github).not.toHaveProperty("trigger");
  });

  it("names what the policy does not satisfy, with what was found", () => {
    const byKey = { ...release("v1.0.0"), others: ["a signature that no configured key verifies"], byKey: true };
    const policy = proposePolicy([release("v1.2.0", signer(`${WORKFLOW}refs/tags/v1.2.0`)), release("v1.1.0"), byKey]);
    expect(policy?.unsatisfied).toEqual([
      { tag: "v1.1.0", found: "No signature", byKey: false },
      { tag: "v1.0.0", found: "a signature that no configured key verifies", byKey: true },
    ]);
  });

  it("takes attestations only where they are what releases have", () => {
    const attested = (tag: string) => release(tag, signer(`${WORKFLOW}refs/tags/${tag}`, { evidence: "attestation" }));
    expect(proposePolicy([attested("v1.1.0"), attested("v1.0.0")])?.accept).toBe("attestation");
    expect(proposePolicy([release("v1.1.0", signer("a"), signer("b", { evidence: "attestation" }))])?.accept).toBe("signature");
  });

  it("requires the predicate that all attestations have, in the watch list's word, and none where they differ", () => {
    const attested = (tag: string, predicateType: string) =>
      release(tag, signer(`${WORKFLOW}refs/tags/${tag}`, { evidence: "attestation", predicateType }));
    const [v1, v02] = ["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2"];
    expect(proposePolicy([attested("v1.1.0", v1), attested("v1.0.0", v02)])?.predicate).toBe("slsa-provenance");
    expect(proposePolicy([attested("v1.1.0", "https://acme.example/scan/v1")])?.predicate).toBe("https://acme.example/scan/v1");
    expect(proposePolicy([attested("v1.1.0", v1), attested("v1.0.0", "https://spdx.dev/Document")])?.predicate).toBeNull();
    expect(proposePolicy([release("v1.0.0", signer("a"))])?.predicate).toBeNull();
  });

  it("proposes nothing where nobody can be named", () => {
    expect(proposePolicy([release("v1.0.0")])).toBeNull();
    expect(proposePolicy([])).toBeNull();
  });
});
