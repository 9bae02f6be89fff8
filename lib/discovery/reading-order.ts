import { COSIGN_SIGN_PREDICATE } from "../oci/cosign-annotations.ts";
import {
  BUILDKIT_ATTESTATION,
  DSSE_ENVELOPE_LAYER,
  IN_TOTO,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_MANIFEST,
  SIGSTORE_BUNDLE_PREFIX,
} from "../oci/media-types.ts";
import { isSignatureType } from "./forms.ts";
import { BUNDLE_CONTENT, BUNDLE_PREDICATE, CREATED, type ListedReferrer } from "./listed-referrer.ts";

/** Artifact types that clients and registries wrongly give to signatures. */
const WRONG_TYPES: ReadonlySet<string> = new Set([OCI_EMPTY, OCI_CONFIG, OCI_MANIFEST, "application/vnd.docker.container.image.v1+json"]);

/** Listed entries in the order in which they are read. */
interface ReadingOrder {
  /** What may be a signature, whatever else it says of itself. */
  readonly like: readonly ListedReferrer[];
  readonly rest: readonly ListedReferrer[];
}

/**
 * Orders listed entries by what they say of themselves: what calls itself a signature, what does not say, then attestations and the
 * platforms of an image; among equals the newest first. Of attestations, one of each predicate type is taken in turn, so that a nightly
 * scan buries neither the signature nor the provenance; if attestations matter (`attested`), signatures take turns with them. None of this
 * is signed, so it decides only what is read first.
 */
export function orderForReading(entries: readonly ListedReferrer[], attested: boolean): ReadingOrder {
  const newest = entries.toSorted(newestFirst);
  const ranked = newest.filter(maySign).map((entry) => ({ entry, rank: rankOf(entry) }));
  const like = ranked.toSorted((left, right) => left.rank - right.rank).map(({ entry }) => entry);
  const isAttestation = (entry: ListedReferrer): boolean => attested || rankOf(entry) === ATTESTATION;
  return {
    like: [...like.filter((entry) => !isAttestation(entry)), ...spreadKinds(like.filter(isAttestation), kindOf)],
    rest: newest.filter((entry) => !maySign(entry)),
  };
}

/** Takes the first of each kind, then the second of each, and so on. */
export function spreadKinds<T>(entries: readonly T[], kindOfEntry: (entry: T) => string): T[] {
  const seen = new Map<string, number>();
  const turns = entries.map((entry) => {
    const kind = kindOfEntry(entry);
    const turn = seen.get(kind) ?? 0;
    seen.set(kind, turn + 1);
    return { entry, turn };
  });
  return turns.toSorted((left, right) => left.turn - right.turn).map(({ entry }) => entry);
}

function maySign({ artifactType }: ListedReferrer): boolean {
  if (artifactType === BUILDKIT_ATTESTATION) return false;
  return artifactType === null || WRONG_TYPES.has(artifactType) || isSignatureType(artifactType);
}

const [SIGNATURE, UNTOLD, ATTESTATION] = [0, 1, 2] as const;

function rankOf({ artifactType, annotations, platform }: ListedReferrer): 0 | 1 | 2 {
  const predicate = annotations[BUNDLE_PREDICATE];
  if (predicate !== undefined) return predicate === COSIGN_SIGN_PREDICATE ? SIGNATURE : ATTESTATION;
  if (annotations[BUNDLE_CONTENT] === "message-signature") return SIGNATURE;
  if (artifactType === null || WRONG_TYPES.has(artifactType)) return platform === null ? UNTOLD : ATTESTATION;
  if (artifactType === DSSE_ENVELOPE_LAYER || artifactType === IN_TOTO) return ATTESTATION;
  return artifactType.startsWith(SIGSTORE_BUNDLE_PREFIX) ? UNTOLD : SIGNATURE;
}

function kindOf(entry: ListedReferrer): string {
  return entry.annotations[BUNDLE_PREDICATE] ?? `${rankOf(entry)} ${entry.artifactType ?? ""}`;
}

/** Entries without a date come last, in the order of the list. */
function newestFirst(left: ListedReferrer, right: ListedReferrer): number {
  return (right.annotations[CREATED] ?? "").localeCompare(left.annotations[CREATED] ?? "", "en");
}
