import { describe, expect, it } from "vitest";
import { deriveChangeId, deriveFindingId } from "../../lib/history/change-id.ts";
import { ageFindings } from "../../lib/history/findings/finding-life.ts";
import { concludeChange } from "../../lib/history/findings/findings.ts";
import type { Finding } from "../../lib/history/state.ts";
import { change, channel, digest, facts, finding, NIGHTS, REPOSITORY } from "./examples.ts";

const CHANNELS = [
  channel("oncall", { severity: "alert" }),
  channel("team", { severity: "warning" }),
  channel("log"),
  channel("payments", { owner: "payments" }),
];
const SIGNED_SNAPSHOT = { digest: digest("b"), verdict: "signed", reason: null, signers: [], run: NIGHTS[2] } as const;
const rollback = finding({ id: "EVENT000", cause: "tag-rolled-back", after: SIGNED_SNAPSHOT });

describe("the ids of changes and findings", () => {
  it("repeat for the same change and differ in everything that makes a change another", () => {
    const first = change();
    const others = [
      change({ repository: "registry.example/acme/other" }),
      change({ tag: "v1.4.3" }),
      change({ tag: null }),
      change({ kind: "recovered" }),
      change({ cause: "signature-deleted" }),
      change({ run: NIGHTS[3] }),
      change({ after: { ...first.after, digest: digest("b") } }),
    ];
    const ids = [first, ...others].map(deriveChangeId);
    expect(deriveChangeId(change())).toBe(ids[0]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("are 8 characters of Crockford's alphabet for findings", () => {
    const ids = Array.from({ length: 200 }, (_, at) => deriveFindingId(`change ${at}`));
    expect(ids.filter((id) => !/^[0-9A-HJKMNP-TV-Z]{8}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(200);
  });

  it("are the first 40 bits of the SHA-256 of the change's id", () => {
    // printf %s abc | sha256sum: ba7816bf8f…
    expect(deriveFindingId("abc")).toBe("Q9W1DFWF");
  });
});

describe("an opened change", () => {
  it("opens a finding with what is known of it", () => {
    const opened = change({ before: SIGNED_SNAPSHOT });
    const { findings } = concludeChange(opened, [], []);
    expect(findings).toEqual([
      {
        id: deriveFindingId(opened.id),
        version: 0,
        cause: "release-unsigned",
        severity: "alert",
        repository: REPOSITORY,
        tag: "v1.4.2",
        digest: digest("a"),
        before: SIGNED_SNAPSHOT,
        after: opened.after,
        facts: opened.facts,
        status: "open",
        openedAt: NIGHTS[2],
        resolvedAt: null,
        resolution: null,
        acknowledgement: null,
        flapping: null,
        goneSince: null,
        told: {},
      },
    ]);
  });

  it.each([
    ["alert", ["oncall", "team", "log"]],
    ["warning", ["team", "log"]],
    ["notice", ["log"]],
  ] as const)("of severity %s goes to the channels that want it", (severity, told) => {
    expect(concludeChange(change({ severity }), [], CHANNELS).outbox.map((entry) => entry.channel)).toEqual(told);
  });

  it("goes to an owner's channel only where the owner is that one", () => {
    const { outbox } = concludeChange(change({ facts: facts({ owner: "payments" }) }), [], CHANNELS);
    expect(outbox.map((entry) => entry.channel)).toContain("payments");
  });

  it.each([
    ["the channels of other owners, if no channel is for everybody", "alert", ["payments", "platform"]],
    ["those of them alone that hear its severity", "notice", ["payments"]],
  ] as const)("of an owner without a channel goes to %s", (_which, severity, told) => {
    const channels = [channel("payments", { owner: "payments" }), channel("platform", { owner: "platform", severity: "warning" })];
    const { outbox } = concludeChange(change({ severity, facts: facts({ owner: "core" }) }), [], channels);
    expect(outbox.map((entry) => entry.channel)).toEqual(told);
  });

  it("repeats its findings and outbox entries when it is concluded again", () => {
    expect(concludeChange(change(), [], CHANNELS)).toEqual(concludeChange(change(), [], CHANNELS));
  });

  it("supersedes, without a word, the older cause of the same tag only", () => {
    const live = [
      finding(),
      finding({ id: "OTHER000", tag: "v1.4.1" }),
      finding({ id: "ELSEWHER", repository: "registry.example/acme/other" }),
    ];
    const { findings, outbox } = concludeChange(change({ cause: "unexpected-signer" }), live, CHANNELS);
    expect(findings.slice(1)).toMatchObject([{ id: "7Q3K9D2M", status: "withdrawn", resolvedAt: NIGHTS[2], version: 1 }]);
    expect(outbox.every((entry) => entry.kind === "opened")).toBe(true);
  });

  it("leaves a rollback to a signed digest open beside a later state", () => {
    expect(concludeChange(change({ cause: "signature-deleted" }), [rollback], []).findings).toHaveLength(1);
  });

  it("supersedes a rollback by the next move", () => {
    const { findings } = concludeChange(change({ cause: "tag-moved", after: SIGNED_SNAPSHOT }), [rollback], CHANNELS);
    expect(findings[1]).toMatchObject({ id: "EVENT000", status: "withdrawn" });
  });

  it("tells as recovered what a move to a signed digest ends", () => {
    const moved = change({ cause: "tag-moved", severity: "notice", after: SIGNED_SNAPSHOT });
    const { findings, outbox } = concludeChange(moved, [finding()], CHANNELS);
    expect(findings[1]).toMatchObject({ id: "7Q3K9D2M", status: "resolved" });
    expect(outbox.map(({ channel: name, kind }) => `${name} ${kind}`)).toEqual([
      "log opened",
      "oncall recovered",
      "team recovered",
      "log recovered",
    ]);
    expect(new Set(outbox.map((entry) => entry.id)).size).toBe(4);
  });

  it("of a flood ends nothing, because a flood only hides", () => {
    expect(concludeChange(change({ cause: "evidence-flooded" }), [finding()], []).findings).toHaveLength(1);
  });

  it("of a repository leaves its other cause open", () => {
    const never = finding({ tag: null, cause: "never-signed" });
    expect(concludeChange(change({ tag: null, cause: "coverage-lost" }), [never], []).findings).toHaveLength(1);
  });
});

describe("a change that ends findings", () => {
  it("resolves open and acknowledged ones and tells it where the opening went", () => {
    const acknowledgement = { until: NIGHTS[3], reason: "known", owner: "platform", at: NIGHTS[1] };
    const live = [finding(), finding({ id: "ACKNOWLE", status: "acknowledged", acknowledgement, severity: "warning" })];
    const { findings, outbox } = concludeChange(change({ kind: "recovered" }), live, CHANNELS);
    expect(findings.map(({ status, resolvedAt }) => [status, resolvedAt])).toEqual([
      ["resolved", NIGHTS[2]],
      ["resolved", NIGHTS[2]],
    ]);
    expect(outbox.map((entry) => `${entry.findingId} ${entry.channel} ${entry.kind}`)).toEqual([
      "7Q3K9D2M oncall recovered",
      "7Q3K9D2M team recovered",
      "7Q3K9D2M log recovered",
      "ACKNOWLE team recovered",
      "ACKNOWLE log recovered",
    ]);
  });

  it("tells nothing where no finding is live", () => {
    const closed = finding({ status: "withdrawn" });
    expect(concludeChange(change({ kind: "recovered" }), [closed], CHANNELS)).toMatchObject({ findings: [], outbox: [] });
  });

  it("leaves a move to a signed digest open when the release recovers", () => {
    const { findings } = concludeChange(change({ kind: "recovered" }), [rollback, finding()], []);
    expect(findings.map(({ id }) => id)).toEqual(["7Q3K9D2M"]);
  });

  it("resolves a move to an unsigned digest like a state", () => {
    const moved = finding({ cause: "tag-moved" });
    expect(concludeChange(change({ kind: "recovered", cause: "tag-moved" }), [moved], []).findings).toMatchObject([{ status: "resolved" }]);
  });

  it.each(["tag-moved", "tag-rolled-back"] as const)("resolves a rollback by its reversal (%s), and tells it", (cause) => {
    const { findings, outbox } = concludeChange(change({ kind: "reversed", cause }), [rollback], [channel("log")]);
    expect(findings).toMatchObject([{ id: "EVENT000", status: "resolved" }]);
    expect(outbox).toMatchObject([{ kind: "recovered", findingId: "EVENT000" }]);
  });

  it("is a rollback where the move to a signed image was closed before", () => {
    const back = change({
      kind: "reversed",
      cause: "tag-rolled-back",
      before: SIGNED_SNAPSHOT,
      after: { ...SIGNED_SNAPSHOT, digest: digest("a") },
    });
    const { findings, outbox } = concludeChange(back, [], [channel("log")]);
    expect(findings).toMatchObject([{ cause: "tag-rolled-back", severity: "alert", status: "open", digest: digest("a") }]);
    expect(outbox).toMatchObject([{ kind: "opened" }]);
    expect(concludeChange({ ...back, cause: "tag-moved" }, [], [channel("log")])).toMatchObject({ findings: [], outbox: [] });
  });

  it("ends a flood and nothing else when the flood is over", () => {
    const flood = finding({ id: "FLOODED0", cause: "evidence-flooded" });
    const { findings } = concludeChange(change({ kind: "recovered", cause: "evidence-flooded" }), [flood, finding()], []);
    expect(findings.map(({ id }) => id)).toEqual(["FLOODED0"]);
  });

  it("withdraws, without a word, what only the epoch explains", () => {
    const { findings, outbox } = concludeChange(
      change({ kind: "withdrawn", facts: facts({ explanation: "the policy changed" }) }),
      [finding()],
      CHANNELS,
    );
    expect(findings).toMatchObject([{ status: "withdrawn", resolution: "the policy changed" }]);
    expect(outbox).toEqual([]);
  });
});

describe("a change that is no finding", () => {
  it("is told once as a summary where it is the baseline", () => {
    const { findings, outbox } = concludeChange(
      change({ kind: "baseline", tag: null, cause: null, severity: "notice" }),
      [finding()],
      CHANNELS,
    );
    expect(findings).toEqual([]);
    expect(outbox).toMatchObject([{ channel: "log", kind: "baseline", sentAt: null }]);
  });

  it("resolves nothing and tells nobody where a tag is removed", () => {
    expect(concludeChange(change({ kind: "removed", cause: null }), [finding()], CHANNELS)).toMatchObject({
      findings: [{ status: "open", goneSince: NIGHTS[2] }],
      outbox: [],
    });
  });
});

describe("old events", () => {
  const age = (live: Finding[], run: string) => ageFindings(live, run, CHANNELS).map((aged) => aged.finding);
  const opened = (openedAt: string) => ({ ...rollback, openedAt });

  it("close after 30 days", () => {
    const live = [opened("2026-10-21T01:59:59Z"), opened("2026-10-21T02:00:00Z")];
    expect(age(live, "2026-11-20T02:00:00Z")).toMatchObject([
      { openedAt: "2026-10-21T01:59:59Z", status: "resolved", resolvedAt: "2026-11-20T02:00:00Z", resolution: "closed after 30 days" },
    ]);
  });

  it("stay open in a run that is older than their opening", () => {
    expect(age([opened("2026-12-31T02:00:00Z")], "2026-11-20T02:00:00Z")).toEqual([]);
  });

  it("stay open where they are states, or moves to a digest that is not signed", () => {
    const openedAt = "2026-01-01T02:00:00Z";
    expect(age([finding({ openedAt }), finding({ openedAt, cause: "tag-moved" })], "2026-11-20T02:00:00Z")).toEqual([]);
  });
});
