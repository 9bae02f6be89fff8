import type { Descriptor } from "../oci/manifest.ts";
import type { RepositoryClient } from "../registry/repository-client.ts";
import type { FoundCandidate } from "./reply.ts";
import { formSaidBy } from "./forms.ts";
import { REFERRERS_FETCHED_LIMIT } from "./limits.ts";
import { fetchListed, newAllowance, readSignatures, type Allowance } from "./read-signatures.ts";
import { orderForReading } from "./reading-order.ts";
import { mergeRead, NOTHING_READ, type Known, type ReadSignatures } from "./signature-manifest.ts";

interface ReadReferrers extends ReadSignatures {
  /** At least one fetched manifest names the target as its subject. */
  readonly namesSubject: boolean;
}

/**
 * Fetches listed referrers and reads them as signatures. Recorded ones come first and outside the limit, then those that may be signatures,
 * then the rest. Descriptors only give the order: their artifact types are often wrong (cosign before 3.1.0 wrote the empty type, Harbor
 * writes that of an image config), so the fetched manifest decides, and so it does for what looks like a platform of an image.
 */
export async function readReferrers(client: RepositoryClient, descriptors: readonly Descriptor[], known: Known): Promise<ReadReferrers> {
  const recorded = descriptors.filter((entry) => known.recorded.has(entry.digest));
  const { like, rest } = orderForReading(
    descriptors.filter((entry) => !known.recorded.has(entry.digest)),
    known.attested,
  );
  const others = [...like, ...rest].slice(0, REFERRERS_FETCHED_LIMIT);
  const allowance = newAllowance();
  const reads = await Promise.all([...recorded, ...others].map((entry) => readReferrer(client, entry, known, allowance)));
  const read = mergeRead(reads);
  return {
    ...read,
    // Beside the layers, the signature-like entries past the limit.
    unread: read.unread + Math.max(0, like.length - REFERRERS_FETCHED_LIMIT),
    namesSubject: reads.some(({ namesSubject }) => namesSubject),
  };
}

async function readReferrer(
  client: RepositoryClient,
  entry: Descriptor,
  known: Known,
  allowance: Allowance,
): Promise<ReadSignatures & { readonly namesSubject: boolean }> {
  const answer = await fetchListed(client, entry, known);
  if (!("fetched" in answer)) {
    const { failure } = answer;
    // It was delivered under the right digest and is no manifest: so it is there, and it is no valid signature.
    if (failure?.delivered !== true) return { ...answer, namesSubject: false };
    return { ...NOTHING_READ, candidates: [unusable(entry, known, failure.detail)], namesSubject: false };
  }
  // Its digest is right. The size in the list may be anything: Harbor before 2.11 adds those of the layers (goharbor/harbor#20187).
  const { fetched } = answer;
  const read = await readSignatures(fetched, { client, known, subjectRequired: true, allowance });
  return { ...read, namesSubject: fetched.manifest.subject?.digest === known.target };
}

function unusable(entry: Descriptor, { target }: Known, detail: string): FoundCandidate {
  const content = { kind: "unusable", detail } as const;
  const form = formSaidBy(entry.artifactType);
  return { target, artifact: entry.digest, form, layer: entry.digest, annotations: {}, content, foreignSubject: false };
}
