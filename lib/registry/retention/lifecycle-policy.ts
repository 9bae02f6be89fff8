import { parseCompanionTag, referrersTag } from "../../oci/companion-tag.ts";
import type { Digest } from "../../oci/digest.ts";
import { isIndexType } from "../../oci/media-types.ts";
import { parseLifecycleRules, type LifecycleRule } from "./parse-lifecycle-rules.ts";
import { DAY_MILLISECONDS, type ListedManifest, type Removal, type RetentionRules } from "./retention-rules.ts";

/**
 * Reads a lifecycle policy of ECR, of which `evaluatedAt` (epoch milliseconds) is the last time that ECR applied it, or null. Null if it
 * cannot be understood as a whole. It is evaluated as ECR does, over manifests that are not archived:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
 *
 * - A manifest belongs to the first rule whose tags it has, by priority, and no later rule removes it. Later rules still count it.
 * - What an index names is neither removed nor counted, as long as the index is there. Nothing here tells what an index names, so that every
 *   untagged manifest counts as a part if there are indexes, except for one with a subject that has no index of referrers.
 * - What a rule should have removed before ECR last applied it, and which is there, shows that the rule spares its like. AWS does not say
 *   whether rules take manifests that name a subject.
 */
export function parseLifecyclePolicy(text: string, evaluatedAt: number | null): RetentionRules | null {
  const rules = parseLifecycleRules(text);
  if (rules === null) return null;
  return {
    forecast(manifests, now, until) {
      const own = withoutParts(manifests);
      const ruleOf = new Map(own.map((manifest) => [manifest, rules.find(({ matches }) => matches(manifest))]));
      const removals = new Map<Digest, Removal>();
      for (const rule of rules) {
        const due = findDue(rule, own).filter(({ manifest }) => ruleOf.get(manifest) === rule);
        const spared = new Set(due.filter(({ at }) => isOverdue(at, evaluatedAt)).map(({ manifest }) => kindOf(manifest)));
        for (const { manifest, at } of due) {
          const from = Math.max(at, now);
          if (from <= until && !spared.has(kindOf(manifest))) removals.set(manifest.digest, { at: from, rule: rule.name, how: rule.how });
        }
      }
      return removals;
    },
  };
}

interface Due {
  readonly manifest: ListedManifest;
  /** Since when, or from when on, the rule takes it. */
  readonly at: number;
}

function findDue({ matches, limit }: LifecycleRule, manifests: readonly ListedManifest[]): Due[] {
  const seen = manifests.filter(matches);
  if (limit.kind === "days") {
    const since = ({ pushedAt, pulledAt }: ListedManifest) => (limit.since === "pulled" ? Math.max(pushedAt, pulledAt ?? 0) : pushedAt);
    return seen.map((manifest) => ({ manifest, at: since(manifest) + limit.days * DAY_MILLISECONDS }));
  }
  const youngest = seen.toSorted((left, right) => right.pushedAt - left.pushedAt);
  // It became one too many when the manifest was pushed that has taken its place.
  return youngest.slice(limit.count).map((manifest, at) => ({ manifest, at: youngest[at]!.pushedAt }));
}

/** ECR acts within a day. */
function isOverdue(at: number, evaluatedAt: number | null): boolean {
  return evaluatedAt !== null && at + DAY_MILLISECONDS < evaluatedAt;
}

function kindOf({ subject, tags }: ListedManifest): "referrer" | "companion" | "image" {
  if (subject !== null) return "referrer";
  return tags.some((tag) => parseCompanionTag(tag) !== null) ? "companion" : "image";
}

/** Leaves out what an index may name. */
function withoutParts(manifests: readonly ListedManifest[]): ListedManifest[] {
  const hasIndexes = manifests.some(({ mediaType }) => mediaType === null || isIndexType(mediaType));
  const tags = new Set(manifests.flatMap((manifest) => manifest.tags));
  return manifests.filter((manifest) => {
    if (manifest.tags.length > 0) return true;
    return manifest.subject === null ? !hasIndexes : !tags.has(referrersTag(manifest.subject));
  });
}
