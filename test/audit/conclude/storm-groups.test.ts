import { describe, expect, it } from "vitest";
import type { RepositoryOutcome } from "../../../lib/audit/repository-outcome.ts";
import { countKnown, findStorms } from "../../../lib/audit/conclude/storm.ts";
import type { Change } from "../../../lib/history/state.ts";
import { change, digest, NIGHTS, SIGNER } from "../../history/examples.ts";
import { watch } from "../night.ts";
import { historyOf, recordedTag, signedBy } from "../release-facts.ts";

const LIMITS = { share: 0.2, least: 10 };
const BEFORE = { ...change().after, verdict: "signed", reason: null, signers: [{ ...SIGNER, signer: "a" }] } as const;

function tagsOf(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) => `v1.0.${from + n}`);
}

/** Releases of a repository that were signed by a signer before tonight. */
function outcomeOf(name: string, tags: readonly string[], signer = "a"): Pick<RepositoryOutcome, "item" | "history"> {
  return { item: { name, entries: [watch(name, "")] }, history: historyOf(...tags.map((tag) => recordedTag(tag, "1", signedBy(signer)))) };
}

const [, , , TONIGHT] = NIGHTS;

function worse(repository: string, tags: readonly string[], more: Partial<Change> = {}): Change[] {
  return tags.map((tag) => change({ id: `${repository} ${tag}`, repository, tag, cause: "signature-deleted", before: BEFORE, ...more }));
}

function storms(pending: readonly Change[], ...outcomes: ReturnType<typeof outcomeOf>[]): string[] {
  return stormsWhere([], pending, ...outcomes);
}

/** No release of these repositories is signed tonight. */
function stormsWhere(bared: readonly string[], pending: readonly Change[], ...outcomes: ReturnType<typeof outcomeOf>[]): string[] {
  return findStorms(pending, countKnown(outcomes, TONIGHT), new Map(bared.map((name) => [name, 2])), LIMITS).map(
    ({ about, of, changes }) => `${about}: ${changes.length} of ${of}`,
  );
}

describe("a storm", () => {
  const app = "one.example/app";

  it("is ten releases and a fifth of a registry's, and no fewer", () => {
    expect(storms(worse(app, tagsOf(10)), outcomeOf(app, tagsOf(50)))).toEqual(["one.example: 10 of 50"]);
    expect(storms(worse(app, tagsOf(9)), outcomeOf(app, tagsOf(12)))).toEqual([]);
    expect(storms(worse(app, tagsOf(10)), outcomeOf(app, tagsOf(51)))).toEqual([]);
  });

  it("counts the releases of all repositories of a registry", () => {
    const pending = [...worse("one.example/a", tagsOf(5)), ...worse("one.example/b", tagsOf(5))];
    expect(storms(pending, outcomeOf("one.example/a", tagsOf(20)), outcomeOf("one.example/b", tagsOf(20)))).toEqual([
      "one.example: 10 of 40",
    ]);
  });

  it("is a signer's where it is no registry's", () => {
    const pending = [...worse("one.example/app", tagsOf(5)), ...worse("two.example/app", tagsOf(5))];
    const others = [outcomeOf("one.example/other", tagsOf(100), "b"), outcomeOf("two.example/other", tagsOf(100), "b")];
    const own = [outcomeOf("one.example/app", tagsOf(10)), outcomeOf("two.example/app", tagsOf(10))];
    expect(storms(pending, ...own, ...others)).toEqual(["signer a: 10 of 20"]);
  });

  it("counts neither new releases nor those that were bad before", () => {
    const known = outcomeOf(app, tagsOf(20));
    expect(storms(worse(app, tagsOf(10), { before: null }), known)).toEqual([]);
    expect(storms(worse(app, tagsOf(10), { before: { ...BEFORE, verdict: "unsigned" } }), known)).toEqual([]);
  });

  it.each(["tag-moved", "tag-rolled-back", "unexpected-signer", "signature-misbound"] as const)("never holds %s", (cause) => {
    expect(storms(worse(app, tagsOf(20), { cause }), outcomeOf(app, tagsOf(20)))).toEqual([]);
  });

  it("never holds a lost signature that a stranger's stands for", () => {
    const after = { ...change().after, verdict: "untrusted", reason: "unexpected-signer" } as const;
    expect(storms(worse(app, tagsOf(20), { after }), outcomeOf(app, tagsOf(20)))).toEqual([]);
  });

  it("is whatever number of releases if it is all that were signed in a repository, and not one image under several tags", () => {
    const others = outcomeOf("one.example/other", tagsOf(100), "b");
    const lost = worse(app, tagsOf(3)).map((one, at) => ({ ...one, after: { ...one.after, digest: digest(String(at)) } }));
    expect(stormsWhere([app], lost, outcomeOf(app, tagsOf(3)), others)).toEqual(["one.example/app: 3 of 3"]);
    expect(storms(lost, outcomeOf(app, tagsOf(3)), others)).toEqual([]);
    expect(stormsWhere([app], worse(app, tagsOf(3)), outcomeOf(app, tagsOf(3)), others)).toEqual([]);
    const moved = worse(app, ["v2.0.0"], { cause: "tag-moved" });
    expect(stormsWhere([app], [...lost, ...moved], outcomeOf(app, tagsOf(4)), others)).toEqual([]);
    const untrusted = lost.map((one) => ({ ...one, after: { ...one.after, verdict: "untrusted" as const, reason: "expired" } }));
    expect(stormsWhere([app], untrusted, outcomeOf(app, tagsOf(3)), others)).toEqual([]);
  });

  it("does not count what is gone from the registry as known", () => {
    const { item, history } = outcomeOf(app, tagsOf(60));
    const tags = new Map(
      [...history.tags].map(([tag, state], at) => [tag, at < 20 ? { ...state, removedSince: "2026-11-19T02:00:00Z" } : state]),
    );
    expect(storms(worse(app, tagsOf(10, 20)), { item, history: { ...history, tags } })).toEqual(["one.example: 10 of 40"]);
  });
});
