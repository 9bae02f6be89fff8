import type { RepositoryBudget } from "../registry/request-budget.ts";

/** What one repository may take of a run (architecture section 6), so that none keeps the others waiting. */
export interface AuditLimits {
  readonly budget: RepositoryBudget;
  /** New tags that are taken in a run once the repository has its baseline. */
  readonly newTags: number;
}

/** Each with its reason. */
export const AUDIT_LIMITS: AuditLimits = {
  budget: {
    // 100,000 releases for the first time take four each; more can only be an accident or malice.
    requests: 500_000,
    // The run is to end in its night, although one registry answers slowly.
    milliseconds: 2 * 3600 * 1000,
  },
  // No pipeline releases more in a night; each is a row that stays for ever.
  newTags: 1_000,
};

/** Resolving tags may take this share of the budget: digests that nobody has judged are worth nothing. */
export const RESOLVING_SHARE = 0.5;
