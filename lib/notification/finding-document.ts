import type { Cause } from "../history/cause.ts";
import type { FindingStatus } from "../history/findings/finding-step.ts";
import { formerAcknowledgementOf } from "../history/findings/finding-steps.ts";
import { WATCH_LIST_NAME, type ChangeFacts, type Finding, type Snapshot } from "../history/state.ts";
import type { Digest } from "../oci/digest.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** A finding in the form that programs read in `audit --json`, `findings --json` and webhooks. Every key is always present. */
export interface FindingDocument {
  readonly id: string;
  readonly cause: Cause;
  readonly severity: Severity;
  /** Null if the finding is about the watch list. */
  readonly repository: string | null;
  /** Null if the finding is about a repository or the watch list. */
  readonly tag: string | null;
  readonly digest: Digest | null;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly status: FindingStatus;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
  readonly acknowledgement: Finding["acknowledgement"];
  /** The last one that is over, if the finding is open again. */
  readonly formerAcknowledgement: Finding["acknowledgement"];
  readonly owner: string | null;
  /** Whether this is the third opening within a week. It then stays open until the finding was quiet for a week. */
  readonly flapping: boolean;
  /** The details of its cause: the signers, the change of policy, the exemption that ends; or null. */
  readonly details: FindingDetails | null;
}

type FindingDetails = Partial<Pick<ChangeFacts, "signerChange" | "reusedFrom" | "mirrorOf" | "visibility" | "exemption" | "policy">>;

/** Returns the fields of a finding that programs may rely on. */
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
    formerAcknowledgement: formerAcknowledgementOf(finding),
    owner: finding.facts.owner,
    flapping: finding.flapping !== null,
    details: detailsOf(finding.facts),
  };
}

function detailsOf({ signerChange, reusedFrom, mirrorOf, visibility, exemption, policy }: ChangeFacts): FindingDetails | null {
  const details = { signerChange, reusedFrom, mirrorOf, visibility, exemption, policy };
  const present = Object.entries(details).filter(([, value]) => value !== undefined);
  return present.length === 0 ? null : Object.fromEntries(present);
}
