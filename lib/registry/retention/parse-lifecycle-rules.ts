import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { matchesGlob, parseGlob } from "../../watchlist/select/glob.ts";
import { LIFECYCLE_RULES_LIMIT, RULE_NAME_LIMIT_CHARACTERS } from "../limits.ts";
import type { ListedManifest, Removal } from "./retention-rules.ts";

/** One rule of a lifecycle policy of ECR that removes manifests from what is served. */
export interface LifecycleRule {
  /** What people call it: its description or, without one, `rule 2`. Foreign text. */
  readonly name: string;
  readonly how: Removal["how"];
  /** Reports whether a manifest has the tags that the rule demands. */
  readonly matches: (manifest: ListedManifest) => boolean;
  /** How many of them stay, or for how many days since they were pushed or pulled. */
  readonly limit:
    | { readonly kind: "count"; readonly count: number }
    | { readonly kind: "days"; readonly since: "pushed" | "pulled"; readonly days: number };
}

const DAYS_SINCE: Readonly<Record<string, "pushed" | "pulled">> = { sinceImagePushed: "pushed", sinceImagePulled: "pulled" };

/**
 * Parses the rules of a policy in the order in which they are applied, without those for images that are archived already. Null if any of
 * them is not what AWS describes: it could claim manifests from the others.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function parseLifecycleRules(text: string): LifecycleRule[] | null {
  const parsed = parseJson(new TextEncoder().encode(text));
  const rules = parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value["rules"] : null;
  if (!Array.isArray(rules) || rules.length > LIFECYCLE_RULES_LIMIT) return null;
  const served: { readonly priority: number; readonly rule: LifecycleRule }[] = [];
  for (const entry of rules) {
    if (!isJsonObject(entry) || !isCount(entry["rulePriority"]) || !isJsonObject(entry["selection"])) return null;
    if (entry["selection"]["storageClass"] === "archive") continue;
    const priority = entry["rulePriority"];
    const rule = parseRule(entry, priority, entry["selection"]);
    if (rule === null) return null;
    served.push({ priority, rule });
  }
  return served.toSorted((left, right) => left.priority - right.priority).map(({ rule }) => rule);
}

function parseRule({ description, action }: JsonObject, priority: number, selection: JsonObject): LifecycleRule | null {
  const [how, matches, limit] = [parseAction(action), parseTags(selection), parseLimit(selection)];
  if (how === null || matches === null || limit === null) return null;
  const given = typeof description === "string" ? description.trim().slice(0, RULE_NAME_LIMIT_CHARACTERS) : "";
  return { name: given === "" ? `rule ${priority}` : given, how, matches, limit };
}

function parseAction(action: unknown): Removal["how"] | null {
  if (!isJsonObject(action)) return null;
  if (action["type"] === "expire") return "deletes";
  return action["type"] === "transition" && action["targetStorageClass"] === "archive" ? "archives" : null;
}

function parseLimit({ countType, countUnit, countNumber }: JsonObject): LifecycleRule["limit"] | null {
  if (typeof countType !== "string" || !isCount(countNumber)) return null;
  if (countType === "imageCountMoreThan") return { kind: "count", count: countNumber };
  const since = DAYS_SINCE[countType];
  return since === undefined || countUnit !== "days" ? null : { kind: "days", since, days: countNumber };
}

/** Every prefix, and every pattern, must fit one of the tags. */
function parseTags({ tagStatus, tagPrefixList, tagPatternList }: JsonObject): LifecycleRule["matches"] | null {
  if (tagStatus === "any") return () => true;
  if (tagStatus === "untagged") return ({ tags }) => tags.length === 0;
  const listed = tagPrefixList ?? tagPatternList;
  if (tagStatus !== "tagged" || (tagPrefixList !== undefined && tagPatternList !== undefined)) return null;
  if (!Array.isArray(listed) || listed.length === 0 || !listed.every((text) => typeof text === "string")) return null;
  const tests = listed.map((text) => (tagPrefixList === undefined ? parsePattern(text) : (tag: string) => tag.startsWith(text)));
  if (!tests.every((test) => test !== null)) return null;
  return ({ tags }) => tests.every((test) => tags.some(test));
}

/** Only `*` has a meaning. */
function parsePattern(pattern: string): ((tag: string) => boolean) | null {
  const parsed = /^[\w.*-]+$/.test(pattern) ? parseGlob(pattern) : null;
  return parsed?.kind === "parsed" ? (tag) => matchesGlob(parsed.glob, tag) : null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
