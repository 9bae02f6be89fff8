import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { candidatesOfFiles, findCorpus, readFixture } from "./fixture-candidates.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

interface CorpusCase {
  readonly case: string;
  readonly form: string;
  readonly manifest?: string;
  readonly bundle?: string | null;
  readonly blobs?: (string | null)[];
  readonly subject: { file?: string; manifest?: string; digest?: Digest };
  readonly trust: { keys?: string[]; log?: string };
  readonly accept: "signature" | "attestation";
  readonly expected: string | string[];
}

const corpus = findCorpus();
const FORMS = new Set(["simple-signing", "attestation", "bundle"]);

function readCases(folder: string): CorpusCase[] {
  return readFileSync(`${folder}/CASES.jsonl`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CorpusCase)
    .filter(({ form, bundle }) => FORMS.has(form) && bundle !== null);
}

function candidatesOf(folder: string, { form, bundle, blobs, manifest }: CorpusCase, target: Digest): Candidate[] {
  if (form !== "bundle")
    return candidatesOfFiles(
      `${folder}/${manifest}`,
      (blobs ?? []).map((blob) => blob && `${folder}/${blob}`),
      target,
    );
  const bytes = readFileSync(`${folder}/${bundle}`);
  const digest = digestOf(bytes);
  return [
    {
      place: "referrers-api",
      target,
      artifact: digest,
      form: "sigstore-bundle",
      layer: digest,
      annotations: {},
      content: { kind: "bytes", bytes },
      foreignSubject: false,
    },
  ];
}

function judge(folder: string, corpusCase: CorpusCase): string {
  const { subject, trust, accept } = corpusCase;
  const file = subject.file ?? subject.manifest;
  const target = file === undefined ? (subject.digest ?? digestOf("any")) : digestOf(readFileSync(`${folder}/${file}`));
  const signers = (trust.keys ?? []).map((key) => keySigner(key, readFileSync(`${folder}/${key}`, "utf8")));
  const context = contextOf(policyOf(signers), target);
  const results = candidatesOf(folder, corpusCase, target).flatMap((candidate) => verifyCandidate(candidate, context));
  const accepted = results.filter(({ evidence }) => evidence === accept);
  if (accepted.some(({ kind }) => kind === "verified")) return "valid";
  return accepted.length > 0 ? "invalid" : "unsigned";
}

if (corpus === null) process.stderr.write("skipped: no corpus in CORPUS_DIR (default ../shared/corpus)\n");

describe.skipIf(corpus === null)("signatures by key that others made", () => {
  const all = corpus === null ? [] : readCases(corpus);
  const cases = all.filter(({ trust }) => trust.keys !== undefined && trust.log === "none");

  it.each(cases)("judges $case as $expected", (corpusCase) => {
    expect([corpusCase.expected].flat()).toContain(judge(corpus!, corpusCase));
  });

  it("has cases", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it("verifies none of all signatures there by a key that made none of them", () => {
    const context = contextOf(policyOf([keySigner("release", readFixture("keys/release.pub"))]));
    const results = all.flatMap((corpusCase) =>
      candidatesOf(corpus!, corpusCase, context.target).flatMap((candidate) => verifyCandidate(candidate, context)),
    );
    expect(results.length).toBeGreaterThan(150);
    expect(results.filter(({ kind }) => kind === "verified")).toEqual([]);
  });
});
