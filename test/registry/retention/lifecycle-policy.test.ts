import { describe, expect, it } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { OCI_INDEX } from "../../../lib/oci/media-types.ts";
import { parseLifecyclePolicy } from "../../../lib/registry/retention/lifecycle-policy.ts";
import type { ListedManifest } from "../../../lib/registry/retention/retention-rules.ts";
import { DAY, listed, NOW, removedWithinAWeek } from "./listed.ts";

type Selection = Readonly<Record<string, unknown>>;

const EXPIRE = { type: "expire" };
const ARCHIVE = { type: "transition", targetStorageClass: "archive" };
const UNTAGGED = { tagStatus: "untagged" };
const ANY = { tagStatus: "any" };
const prefixes = (...tagPrefixList: string[]): Selection => ({ tagStatus: "tagged", tagPrefixList });
const patterns = (...tagPatternList: string[]): Selection => ({ tagStatus: "tagged", tagPatternList });
const olderThan = (countNumber: number): Selection => ({ countType: "sinceImagePushed", countUnit: "days", countNumber });
const moreThan = (countNumber: number): Selection => ({ countType: "imageCountMoreThan", countNumber });

function rule(rulePriority: number, selection: Selection, more: Selection = {}): Selection {
  return { rulePriority, selection, action: EXPIRE, ...more };
}

function policy(...rules: readonly Selection[]): string {
  return JSON.stringify({ rules });
}

function removed(rules: readonly Selection[], manifests: Readonly<Record<string, ListedManifest>>, evaluatedAt: number | null = null) {
  return removedWithinAWeek(parseLifecyclePolicy(policy(...rules), evaluatedAt), manifests);
}

const SIG = `${digestOf("image").replace(":", "-")}.sig`;

describe("a lifecycle policy of ECR", () => {
  it("removes by age what will be older within a week, and what is older already within a day", () => {
    const manifests = {
      old: listed("old", 20, { subject: digestOf("image") }),
      soon: listed("soon", 9, { subject: digestOf("image") }),
      "at the end": listed("at the end", 7, { subject: digestOf("image") }),
      later: listed("later", 6.5, { subject: digestOf("image") }),
      tagged: listed("tagged", 20, { tags: ["v1"] }),
    };
    expect(removed([rule(1, { ...UNTAGGED, ...olderThan(14) }, { description: " expire untagged " })], manifests)).toEqual([
      "old +0d deletes expire untagged",
      "soon +5d deletes expire untagged",
      "at the end +7d deletes expire untagged",
    ]);
  });

  it("removes by count the oldest, whatever their age", () => {
    const manifests = { A: listed("A", 3), B: listed("B", 1), C: listed("C", 2), D: listed("D", 9, { tags: ["v1"] }) };
    expect(removed([rule(7, { ...UNTAGGED, ...moreThan(2) })], manifests)).toEqual(["A +0d deletes rule 7"]);
    expect(removed([rule(7, { ...ANY, ...moreThan(2) })], manifests)).toEqual(["A +0d deletes rule 7", "D +0d deletes rule 7"]);
    expect(removed([rule(7, { ...ANY, ...moreThan(4) })], manifests)).toEqual([]);
  });

  it.each<[string, Selection, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    ["a prefix", prefixes("sha256-"), { a: [SIG], b: ["v1"], c: ["x-sha256-"], d: [] }, ["a"]],
    ["every prefix, each by any tag", prefixes("alpha", "beta"), { a: ["alpha-1"], b: ["beta-1", "alpha-2"] }, ["b"]],
    ["a pattern", patterns("*.sig"), { a: [SIG], b: ["v1.sig.old"], c: [] }, ["a"]],
    ["a pattern with several wildcards", patterns("v*-rc*"), { a: ["v1-rc1"], b: ["v1"], c: ["xv1-rc1"] }, ["a"]],
    ["a pattern without wildcards", patterns("prod"), { a: ["prod"], b: ["prod1"] }, ["a"]],
    ["every pattern", patterns("v*", "*-prod"), { a: ["v1"], b: ["v1", "x-prod"], c: ["v1-prod"] }, ["b", "c"]],
  ])("selects by %s", (_, selection, tags, expected) => {
    const manifests = Object.fromEntries(Object.entries(tags).map(([name, own]) => [name, listed(name, 9, { tags: own })]));
    const found = removed([rule(1, { ...selection, ...olderThan(5) })], manifests);
    expect(found.map((line) => line.split(" ")[0])).toEqual(expected);
  });

  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
  it("applies several rules as the examples of AWS say", () => {
    const manifests = {
      A: listed("A", 10, { tags: ["beta-1", "prod-1"] }),
      B: listed("B", 9, { tags: ["beta-2", "prod-2"] }),
      C: listed("C", 8, { tags: ["beta-3"] }),
    };
    const [prod, beta] = [prefixes("prod"), prefixes("beta")];
    expect(removed([rule(1, { ...prod, ...moreThan(1) }), rule(2, { ...beta, ...moreThan(1) })], manifests)).toEqual([
      "A +0d deletes rule 1",
    ]);
    expect(removed([rule(1, { ...beta, ...moreThan(1) }), rule(2, { ...prod, ...moreThan(1) })], manifests)).toEqual([
      "A +0d deletes rule 1",
      "B +0d deletes rule 1",
    ]);
  });

  it("lets the rule of the highest priority decide, in whatever order they are written", () => {
    const rules = [rule(20, { ...ANY, ...olderThan(5) }), rule(10, { ...patterns("v*"), ...olderThan(100) })];
    const manifests = { release: listed("release", 9, { tags: ["v1"] }), signature: listed("signature", 9, { tags: [SIG] }) };
    expect(removed(rules, manifests)).toEqual(["signature +0d deletes rule 20"]);
  });

  it("archives what nobody pulled, and counts a pull, or else the push", () => {
    const manifests = {
      pulled: listed("pulled", 40, { tags: ["a"], pulledAt: NOW - 2 * DAY }),
      idle: listed("idle", 40, { tags: ["b"], pulledAt: NOW - 27 * DAY }),
      never: listed("never", 29, { tags: ["c"] }),
    };
    const selection = { ...ANY, countType: "sinceImagePulled", countUnit: "days", countNumber: 30 };
    expect(removed([rule(1, selection, { action: ARCHIVE, description: "idle" })], manifests)).toEqual([
      "idle +3d archives idle",
      "never +1d archives idle",
    ]);
  });

  it("leaves archived images to rules of their own", () => {
    const archived = {
      tagStatus: "any",
      storageClass: "archive",
      countType: "sinceImageTransitioned",
      countUnit: "days",
      countNumber: 90,
    };
    const rules = [rule(1, archived), rule(2, { ...ANY, ...olderThan(5), storageClass: "standard" })];
    expect(removed(rules, { A: listed("A", 9) })).toEqual(["A +0d deletes rule 2"]);
  });

  it("neither removes nor counts what an index may name", () => {
    const manifests = {
      index: listed("index", 8, { tags: ["v1"], mediaType: OCI_INDEX }),
      part: listed("part", 9),
      signature: listed("signature", 7, { subject: digestOf("index") }),
      other: listed("other", 6, { subject: digestOf("index") }),
    };
    expect(removed([rule(1, { ...UNTAGGED, ...olderThan(5) })], manifests)).toEqual([
      "signature +0d deletes rule 1",
      "other +0d deletes rule 1",
    ]);
    expect(removed([rule(1, { ...UNTAGGED, ...moreThan(2) })], manifests)).toEqual([]);
    const fallback = listed("fallback", 7, { tags: [digestOf("index").replace(":", "-")], mediaType: OCI_INDEX });
    expect(removed([rule(1, { ...UNTAGGED, ...olderThan(5) })], { ...manifests, fallback })).toEqual([]);
    expect(removed([rule(1, { ...prefixes("sha256-"), ...olderThan(5) })], { ...manifests, fallback })).toEqual([
      "fallback +0d deletes rule 1",
    ]);
  });

  it("spares what ECR left where it was when it last applied the policy", () => {
    const manifests = {
      "old bundle": listed("old bundle", 30, { subject: digestOf("image") }),
      "new bundle": listed("new bundle", 11, { subject: digestOf("image") }),
      "old tag": listed("old tag", 14.5, { tags: [SIG] }),
    };
    const rules = [rule(1, { ...ANY, ...olderThan(14) })];
    expect(removed(rules, manifests, NOW - DAY / 2)).toEqual(["old tag +0d deletes rule 1"]);
    expect(removed(rules, manifests, NOW - 40 * DAY)).toEqual([
      "old bundle +0d deletes rule 1",
      "new bundle +3d deletes rule 1",
      "old tag +0d deletes rule 1",
    ]);
  });

  it("without rules removes nothing", () => {
    expect(removed([], { A: listed("A", 900) })).toEqual([]);
  });

  it.each([
    ["no JSON", "rules"],
    ["no rules", "{}"],
    ["no rule", policy(null as never)],
    ["a rule without a priority", policy({ selection: { ...ANY, ...olderThan(1) }, action: EXPIRE })],
    ["an unknown count", policy(rule(1, { ...ANY, countType: "sinceYesterday", countUnit: "days", countNumber: 1 }))],
    ["another unit", policy(rule(1, { ...ANY, ...olderThan(1), countUnit: "hours" }))],
    ["a count that is none", policy(rule(1, { ...ANY, ...moreThan(0) }))],
    ["an unknown action", policy(rule(1, { ...ANY, ...olderThan(1) }, { action: { type: "encrypt" } }))],
    ["an unknown status of tags", policy(rule(1, { tagStatus: "signed", ...olderThan(1) }))],
    ["tags without a list", policy(rule(1, { tagStatus: "tagged", ...olderThan(1) }))],
    ["both lists", policy(rule(1, { ...prefixes("v"), tagPatternList: ["v*"], ...olderThan(1) }))],
    ["a pattern that no tag fits", policy(rule(1, { ...patterns("v[0-9]"), ...olderThan(1) }))],
    ["too many rules", policy(...Array.from({ length: 51 }, (_, at) => rule(at + 1, { ...ANY, ...olderThan(1) })))],
  ])("with %s is not understood, because a rule could claim manifests from the others", (_, text) => {
    expect(parseLifecyclePolicy(text, null)).toBeNull();
  });
});
