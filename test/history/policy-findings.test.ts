import { describe, expect, it } from "vitest";
import { concludePolicyChanges, derivePolicyFindingId, policyKeyOf } from "../../lib/history/findings/policy-findings.ts";
import type { PolicyFacts } from "../../lib/history/policy-facts.ts";
import { WATCH_LIST_NAME, type Change } from "../../lib/history/state.ts";
import { change, channel, facts, finding, REPOSITORY } from "./examples.ts";

const CHANNELS = [channel("oncall", { severity: "alert" }), channel("team"), channel("payments", { owner: "payments" })];

const ID = derivePolicyFindingId("a policy in a run", 0);

function policyFacts(more: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    name: "release",
    flips: 1,
    byVerdict: { untrusted: 1 },
    examples: [{ repository: REPOSITORY, tag: "v1.4.2", from: "signed", to: "untrusted" }],
    repositories: [REPOSITORY],
    owners: [],
    loosened: [],
    loosenedCount: 0,
    formerChannels: [],
    ...more,
  };
}

function flip(tag: string, more: Partial<PolicyFacts> = {}, repository = REPOSITORY): Change {
  const policy = policyFacts({ examples: [{ repository, tag, from: "signed", to: "untrusted" }], repositories: [repository], ...more });
  return change({
    id: `flip ${repository} ${tag}`,
    repository,
    tag,
    kind: "flipped",
    cause: "policy-changed",
    severity: "warning",
    facts: facts({ policy }),
  });
}

function loosening(more: Partial<PolicyFacts> = {}): Change {
  const policy = policyFacts({
    flips: 0,
    byVerdict: {},
    examples: [],
    repositories: [],
    loosened: ["threshold 2 is now 1"],
    loosenedCount: 1,
    ...more,
  });
  const nowhere = { repository: WATCH_LIST_NAME, tag: null };
  return change({ id: "loosening", ...nowhere, kind: "loosened", cause: "policy-changed", severity: "warning", facts: facts({ policy }) });
}

describe("changes about policies", () => {
  it("belong together by cause, policy and run, flips and loosening alike", () => {
    expect(policyKeyOf(flip("v1.0.0"))).toBe(policyKeyOf(loosening()));
    expect(policyKeyOf(flip("v1.0.0"))).not.toBe(policyKeyOf(flip("v1.0.0", { name: "other" })));
    expect(policyKeyOf(flip("v1.0.0"))).not.toBe(policyKeyOf({ ...flip("v1.0.0"), run: "2026-11-21T02:00:00Z" }));
    expect(policyKeyOf(change())).toBeNull();
  });

  it("are one finding with count, list and what was loosened, told once a channel", () => {
    const { findings, outbox } = concludePolicyChanges([flip("v1.0.0"), flip("v1.1.0"), loosening()], ID, [], CHANNELS);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ cause: "policy-changed", repository: REPOSITORY, tag: null, digest: null, before: null });
    expect(findings[0]!.facts.policy).toMatchObject({ flips: 2, byVerdict: { untrusted: 2 }, loosened: ["threshold 2 is now 1"] });
    expect(outbox.map((entry) => `${entry.channel} ${entry.kind}`)).toEqual(["team opened", "payments opened"]);
  });

  it("that come later in the same run join the finding without another word", () => {
    const first = concludePolicyChanges([flip("v1.0.0")], ID, [], CHANNELS);
    const second = concludePolicyChanges([flip("v1.1.0")], ID, first.findings, CHANNELS);
    expect(second.findings[0]).toMatchObject({ id: first.findings[0]!.id, facts: { policy: { flips: 2 } } });
    expect(second.outbox).toEqual([]);
  });

  it("of several repositories are about the watch list, and keep twenty examples", () => {
    const many = Array.from({ length: 30 }, (_, n) => flip(`v1.0.${n}`, {}, n % 2 === 0 ? REPOSITORY : "registry.example/acme/other"));
    const [found] = concludePolicyChanges(many, ID, [], CHANNELS).findings;
    expect(found!.repository).toBe(WATCH_LIST_NAME);
    expect(found!.facts.policy!.flips).toBe(30);
    expect(found!.facts.policy!.examples).toHaveLength(20);
  });

  it("withdraw what a flipped release had open, and never tell it as recovered", () => {
    const { findings, outbox } = concludePolicyChanges([flip("v1.4.2", { byVerdict: { signed: 1 } })], ID, [finding()], CHANNELS);
    expect(findings.map(({ cause, status }) => `${cause} ${status}`)).toEqual(["policy-changed open", "release-unsigned withdrawn"]);
    expect(outbox.every(({ kind }) => kind === "opened")).toBe(true);
  });

  it("are told to channels that were dropped, too", () => {
    const { outbox } = concludePolicyChanges([loosening({ name: null, formerChannels: ["former", "team"] })], ID, [], CHANNELS);
    expect(outbox.map((entry) => entry.channel)).toEqual(["team", "payments", "former"]);
  });

  it("are at least one", () => {
    expect(() => concludePolicyChanges([], ID, [], CHANNELS)).toThrow(RangeError);
  });
});
