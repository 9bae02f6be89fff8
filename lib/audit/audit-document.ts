import type { PlaceAnswer } from "../discovery/candidate.ts";
import type { PlaceName } from "../discovery/places.ts";
import type { VerdictWord } from "../history/verdict.ts";
import type { FindingDocument } from "../notification/finding-document.ts";
import type { Digest } from "../oci/digest.ts";
import type { ManagedSigning, RegistryTraffic } from "../registry/repository-client.ts";
import type { EvidenceKind, SigningProof, VerifiedSigner } from "../verification/candidate-result.ts";

/**
 * What `sealwatch audit --json` prints. Every key is always there, and null if it does not apply. Keys may be added, never renamed. Times
 * are ISO 8601 in UTC; a run is named by its scheduled time.
 */
export interface AuditDocument {
  readonly run: RunDocument;
  readonly summary: SummaryDocument;
  readonly repositories: readonly RepositoryDocument[];
  /** By repository, then by tag; version tags in the order of their versions. */
  readonly releases: readonly ReleaseDocument[];
  /** The open and acknowledged findings, and those that this run resolved. */
  readonly findings: readonly FindingDocument[];
  /** Watched hosts in the order of the watch list, then token and redirect hosts. */
  readonly registries: readonly RegistryTraffic[];
}

export interface RunDocument {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The run before, or null for the first. */
  readonly previous: string | null;
  readonly baseline: boolean;
  /** True if every repository was listed to the end, none has lost all of its known releases, and no release is unknown. */
  readonly complete: boolean;
}

/** Releases by verdict. `exempt` counts the releases, of any verdict, that an exemption covers. */
export type SummaryDocument = Readonly<Record<"releases" | VerdictWord | "exempt", number>>;

export interface RepositoryDocument {
  readonly repository: string;
  /** The tags that the registry listed; null if the listing failed. */
  readonly tags: number | null;
  readonly releases: number;
  /** Tags that are no releases, counted by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Why the listing is not complete, or null. */
  readonly failure: string | null;
}

export interface ReleaseDocument {
  readonly repository: string;
  readonly tag: string;
  /** Null if the tag was never resolved. */
  readonly digest: Digest | null;
  readonly mediaType: string | null;
  readonly verdict: VerdictWord;
  readonly reason: string | null;
  /** One sentence. */
  readonly explanation: string;
  /** The run that first gave this verdict. */
  readonly since: string;
  readonly checkedAt: string;
  readonly exemption: ExemptionDocument | null;
  readonly epoch: string | null;
  readonly signers: readonly VerifiedSigner[];
  readonly places: readonly PlaceDocument[];
}

/** Why a release is exempt: by an entry of `exemptions` or by `signedSince`. */
export interface ExemptionDocument {
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly until: string | null;
}

interface PlaceDocument {
  readonly place: PlaceName;
  readonly answer: PlaceAnswer["kind"];
  readonly detail: string;
}

/** What `sealwatch inspect --json` prints: every place, every candidate and the verdict of one release. */
export interface InspectDocument extends Omit<ReleaseDocument, "tag" | "since" | "checkedAt" | "epoch"> {
  /** As asked for, in its full form. */
  readonly reference: string;
  readonly tag: string | null;
  /** The policy of the watch list, or null if the command line named the signer. */
  readonly policy: string | null;
  readonly candidates: readonly CandidateDocument[];
  /** What the registry itself signed, or was to sign (managed signing of ECR); empty for all others. It decides nothing. */
  readonly managedSigning: readonly ManagedSigning[];
  /** The roots under which keyless signatures were verified, as the watch list names them. */
  readonly trustedRoots: readonly string[];
  /** Commands of public tools that show the same. */
  readonly commands: readonly CommandDocument[];
  readonly registries: readonly RegistryTraffic[];
}

export interface CandidateDocument {
  readonly place: PlaceName;
  readonly artifact: Digest;
  readonly form: string;
  readonly evidence: EvidenceKind;
  readonly result: "verified" | "rejected" | "trust-missing" | "not-evidence";
  readonly reason: string | null;
  readonly detail: string;
  /** Of a verified statement. */
  readonly predicateType: string | null;
  /** The type that a statement claims although it did not verify. Anybody may have written it. */
  readonly claimedPredicateType: string | null;
  /** Who signed and when, even if the policy does not name that signer; null if nothing vouches for it. */
  readonly proof: SigningProof | null;
  readonly signer: VerifiedSigner | null;
}

export interface CommandDocument {
  /** `cosign >= 3.0.2` */
  readonly tool: string;
  /** Ready for a shell. */
  readonly command: string;
}

/** What `sealwatch plan --json` prints: what an audit would look at. */
export interface PlanDocument {
  /** What the patterns of the watch list match. */
  readonly patterns: readonly {
    readonly pattern: string;
    /** How many repositories were found. */
    readonly repositories: number;
    readonly login: "accepted" | "refused" | "failed";
    /** Why the list is not complete, or null. */
    readonly failure: string | null;
  }[];
  readonly repositories: readonly PlannedRepositoryDocument[];
  /** Requests that an unchanged night is expected to need. */
  readonly requests: number;
  readonly registries: readonly RegistryTraffic[];
}

export interface PlannedRepositoryDocument extends Omit<RepositoryDocument, "releases"> {
  readonly policy: string;
  readonly owner: string | null;
  readonly login: { readonly answer: "accepted" | "refused" | "failed"; readonly detail: string };
  readonly releases: readonly { readonly tag: string; readonly kind: "version" | "moving" }[];
  /** Why nothing of the repository is watched by this entry, although its list was read to the end; or null. */
  readonly nothingWatched: string | null;
  readonly requests: number;
}
