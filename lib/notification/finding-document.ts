import type { Cause } from "../history/cause.ts";
import type { Finding, FindingStatus, Snapshot } from "../history/state.ts";
import type { Digest } from "../oci/digest.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** A finding as programs meet it: in `audit --json`, `findings --json` and webhooks. Keys are always there. */
export interface FindingDocument {
  readonly id: string;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly repository: string;
  /** Null where the finding is about the whole repository. */
  readonly tag: string | null;
  readonly digest: Digest | null;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly status: FindingStatus;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
  readonly acknowledgement: Finding["acknowledgement"];
  readonly owner: string | null;
}

/** The part of a finding that is promised to programs. */
export function formatFindingDocument(finding: Finding): FindingDocument {
  return {
    id: finding.id,
    cause: finding.cause,
    severity: finding.severity,
    repository: finding.repository,
    tag: finding.tag,
    digest: finding.digest,
    before: finding.before,
    after: finding.after,
    status: finding.status,
    openedAt: finding.openedAt,
    resolvedAt: finding.resolvedAt,
    resolution: finding.resolution,
    acknowledgement: finding.acknowledgement,
    owner: finding.facts.owner,
  };
}
