import type { RepositoryClient } from "../registry/repository-client.ts";
import type { FoundCandidate } from "./reply.ts";
import { formSaidBy } from "./forms.ts";
import type { ListedReferrer } from "./listed-referrer.ts";
import { REFERRERS_FETCHED_LIMIT } from "./limits.ts";
import { readLater } from "./read-later.ts";
import { newAllowance, readListed, type Reading } from "./read-signatures.ts";
import { orderForReading } from "./reading-order.ts";
import { mergeRead, NOTHING_READ, type Known, type ReadSignatures } from "./signature-manifest.ts";

interface ReadReferrers extends ReadSignatures {
  /** At least one fetched manifest names the target as its subject. */
  readonly namesSubject: boolean;
}

/**
 * Fetches listed referrers and reads them as signatures. What was verified before comes first and outside the limit, then what may be a
 * signature, then the rest. Descriptors only give the order: their artifact types are often wrong (cosign before 3.1.0 wrote the empty type,
 * Harbor writes that of an image config), so the fetched manifest decides, and so it does for what looks like a platform of an image.
 */
export async function readReferrers(
  client: RepositoryClient,
  descriptors: readonly ListedReferrer[],
  known: Known,
): Promise<ReadReferrers> {
  const verified = descriptors.filter((entry) => known.verified.has(entry.digest));
  const { like, rest } = orderForReading(
    descriptors.filter((entry) => !known.verified.has(entry.digest)),
    known.attested,
  );
  const others = [...like, ...rest].slice(0, REFERRERS_FETCHED_LIMIT);
  const reading = { client, known, subjectRequired: true, allowance: newAllowance() };
  const reads = await Promise.all([...verified, ...others].map((entry) => readReferrer(entry, reading)));
  const read = await readLater(client, mergeRead(reads), known);
  return {
    ...read,
    // Beside the layers, the signature-like entries past the limit.
    unread: read.unread + Math.max(0, like.length - REFERRERS_FETCHED_LIMIT),
    namesSubject: reads.some(({ namesSubject }) => namesSubject),
  };
}

async function readReferrer(entry: ListedReferrer, reading: Reading): Promise<ReadSignatures & { readonly namesSubject: boolean }> {
  // Its digest is right. The size in the list may be anything: Harbor before 2.11 adds those of the layers (goharbor/harbor#20187).
  const { read, namesSubject, failure } = await readListed(entry.digest, reading);
  // It was delivered under the right digest and is no manifest: so it is there, and it is no valid signature.
  if (failure?.delivered !== true) return { ...read, namesSubject };
  return { ...NOTHING_READ, candidates: [unusable(entry, reading.known, failure.detail)], namesSubject: false };
}

function unusable(entry: ListedReferrer, { target }: Known, detail: string): FoundCandidate {
  const content = { kind: "unusable", detail } as const;
  const form = formSaidBy(entry.artifactType);
  return { target, artifact: entry.digest, form, layer: entry.digest, annotations: {}, content, foreignSubject: false };
}
