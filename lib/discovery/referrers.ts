import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { BUILDKIT_ATTESTATION, OCI_CONFIG, OCI_EMPTY, OCI_MANIFEST } from "../oci/media-types.ts";
import type { Failure } from "../registry/answer.ts";
import type { RepositoryClient } from "../registry/repository-client.ts";
import type { FoundCandidate } from "./reply.ts";
import { formSaidBy, isSignatureType } from "./forms.ts";
import { REFERRERS_FETCHED_LIMIT } from "./limits.ts";
import { readSignatureManifest, type ReadSignatures } from "./signature-manifest.ts";

interface ReadReferrers extends ReadSignatures {
  /** Signature-like entries past the limit. */
  readonly unread: number;
  /** At least one fetched manifest names the target as its subject. */
  readonly namesSubject: boolean;
}

/**
 * Fetches listed referrers and reads them as signatures. Recorded ones come first and outside the limit, then those that may be signatures,
 * then the rest, newest first. Descriptors only give the order: their artifact types are often wrong (cosign before 3.1.0 wrote the empty
 * type, Harbor writes that of an image config), so the fetched manifest decides.
 */
export async function readReferrers(
  client: RepositoryClient,
  descriptors: readonly Descriptor[],
  target: Digest,
  recorded: ReadonlySet<Digest>,
): Promise<ReadReferrers> {
  const known = descriptors.filter((entry) => recorded.has(entry.digest));
  const others = descriptors.filter((entry) => !recorded.has(entry.digest)).toSorted(newestFirst);
  const like = others.filter(maySign);
  const rest = others.filter((entry) => !maySign(entry)).slice(0, Math.max(0, REFERRERS_FETCHED_LIMIT - like.length));
  const chosen = [...known, ...like.slice(0, REFERRERS_FETCHED_LIMIT), ...rest];

  const candidates: FoundCandidate[] = [];
  let failure: Failure | null = null;
  let namesSubject = false;
  for (const read of await Promise.all(chosen.map((entry) => readReferrer(client, entry, target)))) {
    candidates.push(...read.candidates);
    failure ??= read.failure;
    namesSubject ||= read.namesSubject;
  }
  return { candidates, failure, unread: Math.max(0, like.length - REFERRERS_FETCHED_LIMIT), namesSubject };
}

async function readReferrer(
  client: RepositoryClient,
  entry: Descriptor,
  target: Digest,
): Promise<ReadSignatures & { readonly namesSubject: boolean }> {
  const answer = await client.fetchManifest(entry.digest, { listed: true });
  if (answer.kind === "failed") {
    // It was delivered under the right digest and is no manifest: so it is there, and it is no valid signature.
    const candidates = answer.failure.delivered === true ? [unusable(entry, target, answer.failure.detail)] : [];
    return { candidates, failure: candidates.length > 0 ? null : answer.failure, namesSubject: false };
  }
  if (answer.kind === "absent") {
    const detail = `referrer ${entry.digest}: listed, but gone`;
    return { candidates: [], failure: { code: "listed-but-missing", detail, status: null, attempts: 1 }, namesSubject: false };
  }
  // Its digest is right. The size in the list may be anything: Harbor before 2.11 adds those of the layers (goharbor/harbor#20187).
  const fetched = answer.value;
  const read = await readSignatureManifest(client, fetched, target, { subjectRequired: true });
  return { ...read, namesSubject: fetched.manifest.subject?.digest === target };
}

function unusable(entry: Descriptor, target: Digest, detail: string): FoundCandidate {
  const content = { kind: "unusable", detail } as const;
  const form = formSaidBy(entry.artifactType);
  return { target, artifact: entry.digest, form, layer: entry.digest, annotations: {}, content, foreignSubject: false };
}

/** Artifact types that clients and registries wrongly give to signatures. */
const WRONG_TYPES: ReadonlySet<string> = new Set([OCI_EMPTY, OCI_CONFIG, OCI_MANIFEST, "application/vnd.docker.container.image.v1+json"]);

function maySign({ artifactType }: Descriptor): boolean {
  if (artifactType === BUILDKIT_ATTESTATION) return false;
  return artifactType === null || WRONG_TYPES.has(artifactType) || isSignatureType(artifactType);
}

const CREATED = "org.opencontainers.image.created";

/** The dates are not signed, so they only give an order. Entries without a date come last, in the order of the list. */
function newestFirst(left: Descriptor, right: Descriptor): number {
  return (right.annotations[CREATED] ?? "").localeCompare(left.annotations[CREATED] ?? "", "en");
}
