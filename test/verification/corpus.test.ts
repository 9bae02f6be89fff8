import { afterAll, describe, expect, it } from "vitest";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { openClients } from "../audit/night.ts";
import { candidatesOfCase } from "../corpus/case-candidates.ts";
import { readCorpus } from "../corpus/corpus-case.ts";
import { judgeCase } from "../corpus/judge-case.ts";
import { findCorpus, readFixture } from "./fixture-candidates.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const corpus = findCorpus();
const cases = corpus === null ? [] : readCorpus(corpus);
const judged = cases.filter(({ corpusCase: { form, trust } }) => form !== "gpg" && form !== "notation" && trust.notation === undefined);

if (corpus === null) process.stderr.write("skipped: no corpus in CORPUS_DIR (default ../shared/corpus)\n");

describe.skipIf(corpus === null)("signatures that others made", () => {
  const clients = openClients(0);
  afterAll(() => clients.close());

  it.each(judged)("judges $corpusCase.case as $expected", async ({ corpusCase, expected }) => {
    const { got, reason } = await judgeCase(corpus!, corpusCase, clients);
    expect({ got: expected.includes(got) ? "as expected" : got, reason }).toMatchObject({ got: "as expected" });
  });

  it("has cases of every form but those of GPG and Notation", () => {
    expect(judged.length).toBeGreaterThan(200);
    expect(new Set(judged.map(({ corpusCase }) => corpusCase.form)).size).toBe(5);
  });

  it("verifies none of all signatures there by a key that made none of them", () => {
    const context = contextOf(policyOf([keySigner("release", readFixture("keys/release.pub"))]));
    const files = judged.filter(({ corpusCase: { form } }) => form !== "layout" && form !== "listing");
    const results = files.flatMap(({ corpusCase }) =>
      candidatesOfCase(corpus!, corpusCase, context.target).flatMap((candidate) => verifyCandidate(candidate, context)),
    );
    expect(results.length).toBeGreaterThan(150);
    expect(results.filter(({ kind }) => kind === "verified")).toEqual([]);
  });
});
