import { describe, expect, it } from "vitest";
import { examineNewVersions } from "../../../lib/audit/compare/new-versions.ts";
import { judgement, NIGHTS, unsigned } from "../../history/examples.ts";
import { historyOf, recordedTag, releaseFacts, signedBy } from "../release-facts.ts";

const A = signedBy("a");
const B = signedBy("b");
const BEFORE = [recordedTag("v1.0.0", "1", A), recordedTag("v1.1.0", "2", A, 1)];

describe("a new version", () => {
  it("is no news where the releases before it have its signer", () => {
    expect(examineNewVersions([releaseFacts("v1.2.0", "3", A)], historyOf(...BEFORE))).toEqual(new Map());
  });

  it("has a changed signer where they do not, and the next one of that night has not", () => {
    const facts = [releaseFacts("v1.3.0", "4", B), releaseFacts("v1.2.0", "3", B)];
    expect([...examineNewVersions(facts, historyOf(...BEFORE))]).toEqual([
      ["v1.2.0", { signerChange: { signers: ["b"], before: ["a"], returned: false }, reusedFrom: null }],
    ]);
  });

  it("counts one image once, however many versions name it", () => {
    const copies = ["v1.1.1", "v1.1.2", "v1.1.3"].map((tag) => recordedTag(tag, "2", A, 2));
    const history = historyOf(recordedTag("v1.0.0", "1", B), recordedTag("v1.1.0", "2", A, 1), ...copies);
    expect(examineNewVersions([releaseFacts("v1.2.0", "3", B)], history)).toEqual(new Map());
  });

  it("is compared by the names that signers have tonight", () => {
    const facts = [releaseFacts("v1.0.0", "1", B), releaseFacts("v1.1.0", "2", B), releaseFacts("v1.2.0", "3", B)];
    expect(examineNewVersions(facts, historyOf(...BEFORE))).toEqual(new Map());
  });

  it("is reused where another version named its digest first", () => {
    const examined = examineNewVersions([releaseFacts("v2.0.0", "1", A)], historyOf(...BEFORE));
    expect(examined.get("v2.0.0")).toEqual({ signerChange: null, reusedFrom: "v1.0.0" });
  });

  it("is not reused where it is the same version, or a moving tag named the digest", () => {
    const history = historyOf(...BEFORE, recordedTag("latest", "3", A, 1));
    expect(examineNewVersions([releaseFacts("1.0.0", "1", A), releaseFacts("v1.2.0", "3", A)], history)).toEqual(new Map());
  });

  it("is told by its verdict alone where it is not signed", () => {
    expect(examineNewVersions([releaseFacts("v2.0.0", "1", unsigned())], historyOf(...BEFORE))).toEqual(new Map());
  });
});

describe("a version that was bare when it was new", () => {
  const bare = (last: Parameters<typeof judgement>[1]) =>
    recordedTag("v1.2.0", "3", unsigned(), 1, {
      last: judgement(unsigned(), { ...recordedTag("v1.2.0", "3", unsigned(), 1).last, ...last }),
    });
  const signerOf = (last: Parameters<typeof judgement>[1]) =>
    examineNewVersions([releaseFacts("v1.2.0", "3", B)], historyOf(...BEFORE, bare(last))).get("v1.2.0")?.signerChange?.signers;

  it("has a changed signer when it is signed", () => {
    expect(signerOf({ cause: "release-unsigned" })).toEqual(["b"]);
  });

  it("has none where nothing was told of it, or where it lost a signature: that is its return", () => {
    expect(signerOf({ cause: null })).toBeUndefined();
    expect(signerOf({ cause: "signature-detached", since: NIGHTS[2] })).toBeUndefined();
  });
});
