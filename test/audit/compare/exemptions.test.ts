import { describe, expect, it } from "vitest";
import { covers, type ExemptionRule } from "../../../lib/audit/compare/exemptions.ts";
import { NEW_REPOSITORY } from "../../../lib/history/new-repository.ts";
import type { Judgement } from "../../../lib/history/state.ts";
import { digest, NIGHTS } from "../../history/examples.ts";

const RULE: ExemptionRule = { key: "rule", document: { reason: "EOL", owner: null, ticket: null, until: null } };
const [FIRST, SECOND, THIRD, FOURTH] = NIGHTS;

/** A repository whose first complete listing was on one night, and whose rule is in force since another, or is new. */
function repository(baselineRun: string, since?: string): typeof NEW_REPOSITORY {
  return { ...NEW_REPOSITORY, baselineRun, ...(since !== undefined && { rules: { rule: since } }) };
}

function judged(verdict: "signed" | "unsigned", since: string, exempt = false): Judgement {
  const last = { digest: digest("a"), verdict, reason: null, signers: [], artifacts: [], epoch: "e", exempt, cause: null, since };
  return last;
}

describe("an exemption that is new tonight", () => {
  it.each([
    ["covers what was bare before", { firstSeen: FIRST, last: judged("unsigned", FIRST), isWorse: false }, true],
    ["covers what could never be judged", { firstSeen: FIRST, last: null, isWorse: false }, true],
    ["does not cover a digest that is new tonight", { firstSeen: null, last: null, isWorse: false }, false],
    ["does not cover what an earlier start of this run saw first", { firstSeen: THIRD, last: null, isWorse: false }, false],
    ["does not cover what gets worse tonight", { firstSeen: FIRST, last: judged("signed", FIRST), isWorse: true }, false],
  ] as const)("%s", (_what, known, expected) => {
    expect(covers(RULE, { ...known, digest: digest("a") }, repository(FIRST), THIRD)).toBe(expected);
    expect(covers(RULE, { ...known, digest: digest("a") }, repository(FIRST, THIRD), THIRD)).toBe(expected);
  });

  it("covers everything in a repository's first complete run", () => {
    const known = { firstSeen: null, last: null, digest: digest("a"), isWorse: false };
    expect(covers(RULE, known, null, FIRST)).toBe(true);
    expect(covers(RULE, known, repository(FIRST, FIRST), FIRST)).toBe(true);
  });
});

describe("an exemption since an earlier night", () => {
  it.each([
    ["covers what was there before it", { firstSeen: FIRST, last: judged("unsigned", FIRST, true) }, true],
    ["covers what was first judged after it", { firstSeen: FIRST, last: judged("unsigned", THIRD) }, true],
    ["does not cover what appeared that night", { firstSeen: SECOND, last: judged("unsigned", SECOND) }, false],
    ["does not cover what got worse that night", { firstSeen: FIRST, last: judged("unsigned", SECOND) }, false],
    ["does not cover what appears later", { firstSeen: THIRD, last: null }, false],
  ] as const)("%s", (_what, known, expected) => {
    expect(covers(RULE, { ...known, digest: digest("a"), isWorse: false }, repository(FIRST, SECOND), FOURTH)).toBe(expected);
  });

  it("covers what was there in the repository's first complete run", () => {
    const known = { firstSeen: SECOND, last: judged("unsigned", SECOND, true), digest: digest("a"), isWorse: false };
    expect(covers(RULE, known, repository(SECOND, SECOND), THIRD)).toBe(true);
  });
});
