import { describe, expect, it } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { listRuns } from "../../../lib/registry/retention/schedule.ts";
import { parseTagRetention } from "../../../lib/registry/retention/tag-retention.ts";
import { DAY, listed, NOW, removedWithinAWeek } from "./listed.ts";

type Json = Readonly<Record<string, unknown>>;

const selector = (decoration: string, pattern: string, extras = ""): Json => ({ kind: "doublestar", decoration, pattern, extras });
const ATT = `${digestOf("image").replace(":", "-")}.att`;
const DAILY = "0 0 2 * * *";

function rule(template: string, parameter: number | null, tags: readonly Json[], repositories = [selector("repoMatches", "**")]): Json {
  const params = parameter === null ? {} : { [template]: parameter };
  return { action: "retain", template, params, tag_selectors: tags, scope_selectors: { repository: repositories } };
}

function policy(rules: readonly unknown[], cron: unknown = DAILY): Json {
  return { id: 3, algorithm: "or", rules, trigger: { kind: "Schedule", settings: { cron } }, scope: { level: "project", ref: 1 } };
}

const read = (document: unknown, repository = "team/app") => parseTagRetention(document, "acme", repository);
const gone = (name: string, days: number): string => `${name} +${days}d deletes tag retention of the project acme`;

const MANIFESTS = {
  release: listed("release", 9, { tags: ["v1"] }),
  attestation: listed("attestation", 9, { tags: [ATT] }),
  recent: listed("recent", 2, { tags: ["dev"], pulledAt: NOW - DAY }),
  bare: listed("bare", 9),
};

describe("tag retention of Harbor", () => {
  it("removes what no rule keeps, at its next run", () => {
    const rules = [rule("always", null, [selector("matches", "v*", '{"untagged":false}')])];
    expect(removedWithinAWeek(read(policy(rules)), MANIFESTS)).toEqual([gone("attestation", 1), gone("recent", 1), gone("bare", 1)]);
  });

  it.each<[string, readonly Json[], readonly string[]]>([
    ["days since a push", [rule("nDaysSinceLastPush", 12, [selector("matches", "**")])], ["release", "attestation", "bare"]],
    ["longer since a push", [rule("lastXDays", 30, [selector("matches", "**")])], []],
    ["days since a pull", [rule("nDaysSinceLastPull", 4, [selector("matches", "**")])], ["release", "attestation", "recent", "bare"]],
    ["the latest pushed", [rule("latestPushedK", 1, [selector("matches", "**")])], ["release", "attestation", "bare"]],
    ["the latest pulled", [rule("latestPulledN", 1, [selector("matches", "{v,de}*")])], ["release", "attestation", "bare"]],
    ["the latest active", [rule("latestActiveK", 2, [selector("matches", "{v,de}*")])], ["attestation", "bare"]],
    [
      "several rules",
      [rule("always", null, [selector("matches", "v*")]), rule("latestPushedK", 2, [selector("matches", "*.att")])],
      ["recent"],
    ],
    ["tags that are excluded", [rule("always", null, [selector("excludes", "dev")])], ["recent"]],
    ["tags without untagged ones", [rule("always", null, [selector("excludes", "x", '{"untagged":true}')])], ["bare"]],
    ["two selectors at once", [rule("always", null, [selector("matches", "**"), selector("excludes", "*.att")])], ["attestation"]],
  ])("keeps %s", (_, rules, expected) => {
    const found = removedWithinAWeek(read(policy(rules)), MANIFESTS);
    expect(found.map((line) => line.split(" ")[0])).toEqual(expected);
  });

  it("keeps for some days until the run after them", () => {
    const rules = [rule("nDaysSinceLastPush", 12, [selector("matches", "**")])];
    expect(removedWithinAWeek(read(policy(rules)), { attestation: MANIFESTS.attestation })).toEqual([gone("attestation", 4)]);
  });

  it("spares what is immutable", () => {
    const immutable = listed("immutable", 9, { tags: [ATT], isImmutable: true });
    expect(removedWithinAWeek(read(policy([rule("always", null, [selector("matches", "v*")])])), { immutable })).toEqual([]);
  });

  it.each<[string, readonly Json[], boolean]>([
    ["team/app", [selector("repoMatches", "team/*")], true],
    ["team/app", [selector("repoMatches", "team/**")], true],
    ["team/app", [selector("repoMatches", "*")], false],
    ["team/app", [selector("repoMatches", "{web,api}")], false],
    ["api", [selector("repoMatches", "{web,api}")], true],
    ["team/app", [selector("repoExcludes", "team/*")], false],
    ["team/app", [], true],
  ])("applies to %s by its scope %j: %s", (repository, scope, applies) => {
    const rules = read(policy([rule("always", null, [selector("matches", "v*")], [...scope])]), repository);
    expect(removedWithinAWeek(rules, { attestation: MANIFESTS.attestation })).toHaveLength(applies ? 1 : 0);
  });

  it.each([
    ["without a schedule", policy([rule("always", null, [selector("matches", "v*")])], "")],
    ["without rules", policy([])],
    ["with rules that are all disabled", policy([{ ...rule("always", null, [selector("matches", "v*")]), disabled: true }])],
    ["on a day that is not this week", policy([rule("always", null, [selector("matches", "v*")])], "0 0 0 1 1 *")],
  ])("%s removes nothing", (_, document) => {
    expect(removedWithinAWeek(read(document), MANIFESTS)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["no object", []],
    ["another algorithm", { ...policy([]), algorithm: "and" }],
    ["an unknown template", policy([rule("bestK", 1, [selector("matches", "**")])])],
    ["a parameter that is none", policy([rule("latestPushedK", -1, [selector("matches", "**")])])],
    ["another action", policy([{ ...rule("always", null, [selector("matches", "**")]), action: "immutable" }])],
    ["labels", policy([rule("always", null, [{ kind: "label", decoration: "withLabels", pattern: "x" }])])],
    ["no selectors", policy([rule("always", null, [])])],
    ["a pattern that is none", policy([rule("always", null, [selector("matches", "v[")])])],
    ["an unknown schedule", policy([rule("always", null, [selector("matches", "**")])], "@daily")],
    ["a schedule that is no text", policy([rule("always", null, [selector("matches", "**")])], 7)],
  ])("with %s is not understood", (_, document) => {
    expect(read(document)).toBeNull();
  });
});

describe("a schedule", () => {
  const from = Date.parse("2026-11-20T02:00:00Z");
  const first = (schedule: string): string | undefined => {
    const [run] = listRuns(schedule, from, from + 40 * DAY) ?? [];
    return run === undefined ? undefined : new Date(run).toISOString().slice(0, 16);
  };

  it.each([
    ["0 0 * * * *", "2026-11-20T03:00"],
    ["0 0 2 * * *", "2026-11-21T02:00"],
    ["0 */20 3 * * ?", "2026-11-20T03:00"],
    ["0 10-50/20 2 * * *", "2026-11-20T02:10"],
    ["0 0 0 * * 0", "2026-11-22T00:00"],
    ["0 30 4 1,15 * *", "2026-12-01T04:30"],
    ["0 0 0 25 * 6", "2026-11-21T00:00"],
    ["0 0 0 1 1 *", undefined],
  ])("%s runs next at %s", (schedule, expected) => {
    expect(first(schedule)).toBe(expected);
  });

  it.each(["", "0 0 0 * *", "0 0 0 * * MON", "0 60 0 * * *", "0 5-1 0 * * *", "0 */0 0 * * *", "0 0 0 0 * *"])("%j is none", (schedule) => {
    expect(listRuns(schedule, from, from + DAY)).toBeNull();
  });
});
