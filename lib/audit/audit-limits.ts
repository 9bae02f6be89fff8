import type { RepositoryBudget } from "../registry/request-budget.ts";

/** The most that one repository may take of a run, so that the others need not wait for it (architecture section 6). */
export interface AuditLimits {
  readonly budget: RepositoryBudget;
  /** The most new tags that a run takes in once the repository has its baseline. */
  readonly newTags: number;
  /** The most that is fetched of large layers for one digest, in bytes. The limit of the table in lib/discovery if absent. */
  readonly largeBytes?: number;
}

export const AUDIT_LIMITS: AuditLimits = {
  budget: {
    // The first audit of 100,000 releases takes four requests each. More can only be an accident or malice.
    requests: 500_000,
    // The run must end in its night, even if a registry answers slowly.
    milliseconds: 2 * 3600 * 1000,
  },
  // No pipeline releases more in a night, and each is a row that stays for ever.
  newTags: 1_000,
};

/** The share of the budget that resolving tags may take: a digest that nobody judges is worth nothing. */
export const RESOLVING_SHARE = 0.5;
