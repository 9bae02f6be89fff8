import { describe, expect, it } from "vitest";
import { planConclusions, type Task } from "../../../lib/audit/conclude/plan-conclusions.ts";
import type { Change } from "../../../lib/history/state.ts";
import { change, digest, facts, NIGHTS } from "../../history/examples.ts";

const SIGNED_AFTER = { ...change().after, verdict: "signed", reason: null } as const;

function opened(id: string, more: Partial<Change> = {}): Change {
  return change({ id, ...more });
}

function recovered(id: string, more: Partial<Change> = {}): Change {
  return change({ id, kind: "recovered", after: SIGNED_AFTER, ...more });
}

function flipped(id: string, name = "release"): Change {
  const policy = {
    name,
    flips: 1,
    byVerdict: {},
    examples: [],
    repositories: [],
    owners: [],
    loosened: [],
    loosenedCount: 0,
    formerChannels: [],
  };
  return change({ id, kind: "flipped", cause: "policy-changed", facts: facts({ policy }) });
}

function lineOf(task: Task): string {
  if (task.kind === "one") return task.change.id;
  if (task.kind === "untold") return `${task.opening.id} untold by ${task.end.id}`;
  return `policy of ${task.changes.length}`;
}

function plan(pending: readonly Change[], waiting: readonly string[] = []): string[] {
  return planConclusions(pending, ({ id }) => waiting.includes(id)).map(lineOf);
}

describe("pending changes", () => {
  it("are concluded one by one, in their order", () => {
    expect(plan([opened("a", { tag: "v1.0.0" }), opened("b", { tag: "v1.1.0" })])).toEqual(["a", "b"]);
    expect(plan([])).toEqual([]);
  });

  it("wait as long as they must", () => {
    const pending = [opened("a", { tag: "v1.0.0" }), opened("b", { tag: "v1.1.0" })];
    expect(plan(pending, ["a", "b"])).toEqual([]);
    expect(plan(pending, ["a"])).toEqual(["b"]);
  });

  it("that the same run found signed after all are never told", () => {
    expect(plan([opened("a"), recovered("b")])).toEqual(["a untold by b"]);
    expect(plan([opened("a"), opened("c", { tag: "v1.0.0" }), recovered("b")])).toEqual(["a untold by b", "c"]);
  });

  it("that a later run found signed are never told, whether they wait or not", () => {
    const pending = [opened("a"), recovered("b", { run: NIGHTS[3] })];
    expect(plan(pending)).toEqual(["a untold by b"]);
    expect(plan(pending, ["a"])).toEqual(["a untold by b"]);
  });

  it("are told where another digest, or another tag, was found signed", () => {
    expect(plan([opened("a"), recovered("b", { after: { ...SIGNED_AFTER, digest: digest("b") } })])).toEqual(["a", "b"]);
    expect(plan([opened("a"), recovered("b", { tag: "v1.0.0" })])).toEqual(["a", "b"]);
    expect(plan([opened("a"), recovered("b", { repository: "registry.example/other" })])).toEqual(["a", "b"]);
  });

  it.each([
    ["tag-moved", "v1.0.0"],
    ["tag-rolled-back", "v1.0.0"],
    ["tag-rolled-back", "latest"],
  ] as const)("of cause %s are never taken back over %s", (cause, tag) => {
    expect(plan([opened("a", { cause, tag }), recovered("b", { cause, tag })])).toEqual(["a", "b"]);
  });

  it("of a moving tag are never told where what it names now was signed after all", () => {
    const moving = { cause: "tag-moved", tag: "latest" } as const;
    expect(plan([opened("a", moving), recovered("b", moving)])).toEqual(["a untold by b"]);
  });

  it("of a whole repository are never taken back", () => {
    expect(plan([opened("a", { tag: null, cause: "coverage-lost" }), recovered("b", { tag: null, cause: "coverage-lost" })])).toEqual([
      "a",
      "b",
    ]);
  });

  it("of one policy are concluded together, after the others, at most twelve at a time", () => {
    const flips = Array.from({ length: 15 }, (_, n) => flipped(`flip ${n}`));
    expect(plan([...flips, flipped("other", "second"), opened("a")])).toEqual(["a", "policy of 12", "policy of 3", "policy of 1"]);
  });
});
