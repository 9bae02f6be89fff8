import type { Digest } from "../../oci/digest.ts";
import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import { RETENTION_RULES_LIMIT } from "../limits.ts";
import { KEEPS_ALL, DAY_MILLISECONDS, type ListedManifest, type Removal, type RetentionRules } from "./retention-rules.ts";
import { parsePathPattern, parseTagSelector } from "./retention-selector.ts";
import { listRuns } from "./schedule.ts";

/** Returns until when a rule keeps each of the artifacts that it selects. */
type Keeps = (selected: readonly ListedManifest[]) => ReadonlyMap<Digest, number>;

interface RetentionRule {
  readonly selects: (manifest: ListedManifest) => boolean;
  readonly keeps: Keeps;
}

/**
 * Reads the tag retention policy of a project of Harbor, as its API gives it, for the repository of this name in it. Null if it cannot be
 * understood as a whole. When the job runs, it removes each artifact that no rule keeps, except for immutable ones. It leaves a repository
 * alone to which no rule applies. Without a schedule, only people start it.
 * https://goharbor.io/docs/main/working-with-projects/working-with-images/create-tag-retention-rules/
 */
export function parseTagRetention(policy: unknown, project: string, repository: string): RetentionRules | null {
  if (!isJsonObject(policy) || policy["algorithm"] !== "or") return null;
  const schedule = readSchedule(policy["trigger"]);
  const rules = readRules(policy["rules"], repository);
  if (schedule === null || rules === null) return null;
  if (schedule === "" || rules.length === 0) return KEEPS_ALL;
  if (listRuns(schedule, 0, 0) === null) return null;
  return { forecast: (manifests, now, until) => forecast(rules, project, listRuns(schedule, now, until) ?? [], manifests) };
}

function forecast(
  rules: readonly RetentionRule[],
  project: string,
  runs: readonly number[],
  manifests: readonly ListedManifest[],
): Map<Digest, Removal> {
  const kept = rules.map(({ selects, keeps }) => keeps(manifests.filter(selects)));
  const removals = new Map<Digest, Removal>();
  for (const { digest, isImmutable } of manifests) {
    const until = Math.max(...kept.map((times) => times.get(digest) ?? Number.NEGATIVE_INFINITY));
    const at = isImmutable ? undefined : firstAfter(runs, until);
    if (at !== undefined) removals.set(digest, { at, rule: `tag retention of the project ${project}`, how: "deletes" });
  }
  return removals;
}

/** Returns the first of the times, which are in order, after another one. */
function firstAfter(times: readonly number[], after: number): number | undefined {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! > after) to = middle;
    else from = middle + 1;
  }
  return times[from];
}

/** Returns the schedule, which is empty if there is none; null if it is anything else. */
function readSchedule(trigger: unknown): string | null {
  if (!isJsonObject(trigger)) return null;
  const settings = trigger["settings"];
  const cron = isJsonObject(settings) ? settings["cron"] : undefined;
  return typeof cron === "string" ? cron : cron === undefined || cron === null ? "" : null;
}

/** Returns the rules that apply to the repository, or null. */
function readRules(rules: unknown, repository: string): RetentionRule[] | null {
  if (!Array.isArray(rules) || rules.length > RETENTION_RULES_LIMIT) return null;
  const read: RetentionRule[] = [];
  for (const rule of rules) {
    if (!isJsonObject(rule)) return null;
    if (rule["disabled"] === true) continue;
    const [applies, selects, keeps] = [
      appliesTo(rule["scope_selectors"], repository),
      readSelectors(rule["tag_selectors"]),
      readKeeps(rule),
    ];
    if (applies === null || selects === null || keeps === null || rule["action"] !== "retain") return null;
    if (applies) read.push({ selects, keeps });
  }
  return read;
}

function appliesTo(scopes: unknown, repository: string): boolean | null {
  const selectors = isJsonObject(scopes) ? (scopes["repository"] ?? []) : null;
  if (!Array.isArray(selectors) || !selectors.every(isJsonObject)) return null;
  let applies = true;
  for (const { kind, decoration, pattern } of selectors) {
    const matches = kind === "doublestar" && typeof pattern === "string" ? parsePathPattern(pattern) : null;
    if (matches === null || (decoration !== "repoMatches" && decoration !== "repoExcludes")) return null;
    applies &&= matches(repository) === (decoration === "repoMatches");
  }
  return applies;
}

function readSelectors(selectors: unknown): RetentionRule["selects"] | null {
  if (!Array.isArray(selectors) || selectors.length === 0 || !selectors.every(isJsonObject)) return null;
  const tests = selectors.map(parseTagSelector);
  return tests.every((test) => test !== null) ? ({ tags }) => tests.every((test) => test(tags)) : null;
}

/** Returns what a rule of this template keeps; null if it is not known. */
function readKeeps({ template, params }: JsonObject): Keeps | null {
  const parameter = typeof template === "string" && isJsonObject(params) ? Number(params[template]) : Number.NaN;
  const isNumber = Number.isSafeInteger(parameter) && parameter >= 0;
  if (template === "always") return keepUntil(() => Number.POSITIVE_INFINITY);
  if (!isNumber || typeof template !== "string") return null;
  const [since, first] = [SINCE[template], FIRST[template]];
  if (since !== undefined) return keepUntil((manifest) => since(manifest) + parameter * DAY_MILLISECONDS);
  if (first === undefined) return null;
  return (selected) => {
    const newest = selected.toSorted((left, right) => first(right) - first(left));
    return new Map(newest.slice(0, parameter).map(({ digest }) => [digest, Number.POSITIVE_INFINITY]));
  };
}

const pushed = ({ pushedAt }: ListedManifest): number => pushedAt;
const pulled = ({ pulledAt }: ListedManifest): number => pulledAt ?? 0;
/** Rules that keep for some days, and rules that keep the first so many: by these times. */
const SINCE: Readonly<Record<string, (manifest: ListedManifest) => number>> = {
  nDaysSinceLastPush: pushed,
  lastXDays: pushed,
  nDaysSinceLastPull: pulled,
};
const FIRST: Readonly<Record<string, (manifest: ListedManifest) => number>> = {
  latestPushedK: pushed,
  latestPulledN: pulled,
  latestActiveK: (manifest) => Math.max(pushed(manifest), pulled(manifest)),
};

function keepUntil(endOf: (manifest: ListedManifest) => number): Keeps {
  return (selected) => new Map(selected.map((manifest) => [manifest.digest, endOf(manifest)]));
}
