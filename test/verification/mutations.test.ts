import { describe, expect, it } from "vitest";
import { makeSpecimens, readSpecimens } from "../mutations/specimens.ts";
import { tryMutations } from "../mutations/try-mutations.ts";
import { findCorpus } from "./fixture-candidates.ts";

const corpus = findCorpus();
if (corpus === null) process.stderr.write("skipped: mutations of real signatures, no corpus in CORPUS_DIR (default ../shared/corpus)\n");

describe("mutations of valid signatures, a sample of npm run mutations", () => {
  it("are never taken for something else and never throw, in every form that is made here", () => {
    const counts = tryMutations(makeSpecimens(), 400, 3);
    expect(counts).toMatchObject({ tried: 2400, forged: [], errors: [] });
  });

  it.skipIf(corpus === null)("are never taken for something else and never throw, of twenty signatures that others made", () => {
    const specimens = readSpecimens(corpus!);
    expect(specimens.length).toBe(20);
    expect(tryMutations(specimens, 100, 5)).toMatchObject({ tried: 2000, forged: [], errors: [] });
  });
});
