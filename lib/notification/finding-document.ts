import type { Cause } from "../history/cause.ts";
import type { FindingStatus } from "../history/findings/finding-step.ts";
import { WATCH_LIST_NAME, type ChangeFacts, type Finding, type Snapshot } from "../history/state.ts";
import type { Digest } from "../oci/digest.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** A finding as programs meet it: in `audit --json`, `findings --json` and webhooks. Keys are always there. */
export interface FindingDocument {
  readonly id: string;
  readonly cause: Cause;
  readonly severity: Severity;
  /** Null where the finding is about the watch list. */
  readonly repository: string | null;
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
  /** The third opening within a week: it stays open until it was quiet for one. */
  readonly flapping: boolean;
  /** What is particular to the cause: who signed, which policy changed what, which exemption ends; or null. */
  readonly details: FindingDetails | null;
}

type FindingDetails = Partial<Pick<ChangeFacts, "signerChange" | "reusedFrom" | "visibility" | "exemption" | "policy">>;

/** The part of a finding that is promised to programs. */
export function formatFindingDocument(finding: Finding): FindingDocument {
  return {
    id: finding.id,
    cause: finding.cause,
    severity: finding.severity,
    repository: finding.repository === WATCH_LIST_NAME ? null : finding.repository,
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
    flapping: finding.flapping !== null,
    details: detailsOf(finding.facts),
  };
}

function detailsOf({ signerChange, reusedFrom, visibility, exemption, policy }: ChangeFacts): FindingDetails | null {
  const details = { signerChange, reusedFrom, visibility, exemption, policy };
  const present = Object.entries(details).filter(([, value]) => value !== undefined);
  return present.length === 0 ? null : Object.fromEntries(present);
}
