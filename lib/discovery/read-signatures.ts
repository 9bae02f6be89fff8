import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { failed, type Answer, type Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { INDEX_ENTRIES_LIMIT } from "./limits.ts";
import { goneOf, type Reply } from "./reply.ts";
import { mergeRead, NOTHING_READ, readLayers, type Known, type ReadSignatures } from "./signature-manifest.ts";

/** How many manifests inside indexes may still be fetched for one digest and place. */
export interface Allowance {
  left: number;
}

/** What one digest may cost at one place beyond what the place lists. */
export function newAllowance(): Allowance {
  return { left: INDEX_ENTRIES_LIMIT };
}

interface Reading {
  readonly client: RepositoryClient;
  readonly known: Known;
  /** Whether a manifest without a subject is stored for nobody. */
  readonly subjectRequired: boolean;
  readonly allowance: Allowance;
}

/**
 * Reads what is stored where a signature can be. An index there is opened, as cosign does (ggcr's remote.Image takes the manifest of a
 * platform): each manifest in it is read as if it stood there itself. Past the allowance the index fails, because what nobody looked at
 * may be the signature.
 */
export async function readSignatures(fetched: FetchedManifest, reading: Reading): Promise<ReadSignatures> {
  const { client, known, allowance } = reading;
  const { manifest } = fetched;
  const isForeign = manifest.subject === null ? reading.subjectRequired : manifest.subject.digest !== known.target;
  if (manifest.kind === "manifest") return readLayers(client, { ...fetched, manifest }, known, isForeign);
  if (manifest.manifests.length > allowance.left) {
    const detail = `index ${fetched.digest}: more than ${INDEX_ENTRIES_LIMIT} manifests inside indexes, where a signature may be`;
    return { ...NOTHING_READ, failure: failed("limit", detail).failure };
  }
  allowance.left -= manifest.manifests.length;
  const inside = { ...reading, subjectRequired: isForeign };
  const reads: ReadSignatures[] = [];
  // One after the other: a nested index takes from the same allowance.
  for (const entry of manifest.manifests) {
    const answer = await fetchListed(client, entry, known);
    reads.push("fetched" in answer ? await readSignatures(answer.fetched, inside) : answer);
  }
  return mergeRead(reads);
}

/**
 * Fetches a listed manifest by digest; or what follows if it cannot be had. One that was verified before and that the registry itself calls
 * absent is gone once it was so on an earlier night; until then the list is the stronger word, and the place fails.
 */
export async function fetchListed(
  client: RepositoryClient,
  { digest }: Pick<Descriptor, "digest">,
  { recorded, gone }: Known,
): Promise<{ readonly fetched: FetchedManifest } | ReadSignatures> {
  const answer = await client.fetchManifest(digest, { listed: !recorded.has(digest) });
  if (answer.kind === "found") return { fetched: answer.value };
  if (answer.kind === "failed") return { ...NOTHING_READ, failure: storedIfMissing(answer.failure) };
  const failure = gone.has(digest)
    ? null
    : failed("listed-but-missing", `manifest ${digest}: ${answer.detail}, but it is listed`, 404).failure;
  return { ...NOTHING_READ, failure, gone: [digest] };
}

/** What a list names is missing, and was never there as far as anybody knows: whoever stored the list wrote that. */
function storedIfMissing(failure: Failure): Failure {
  return failure.code === "listed-but-missing" ? { ...failure, isStored: true } : failure;
}

/**
 * Fetches the manifest of a companion tag. If the list names the tag and the registry does not have it, what was verified before decides:
 * once an artifact was definitely gone by its digest on an earlier night and is so tonight, the registry's own word on the tag counts
 * although the list names it. Until then the answer is failed.
 */
export async function fetchCompanion(
  client: RepositoryClient,
  tag: string,
  listed: boolean,
  { recorded, gone }: Known,
): Promise<{ readonly answer: Answer<FetchedManifest>; readonly gone: Pick<Reply, "gone"> }> {
  const answer = await client.fetchManifest(tag, { listed });
  if (answer.kind !== "failed" || answer.failure.code !== "listed-but-missing") return { answer, gone: {} };
  const missing = await findGone(client, recorded);
  const isOld = missing.some((artifact) => gone.has(artifact));
  return { answer: isOld ? await client.fetchManifest(tag, { listed: false }) : answer, gone: goneOf(missing) };
}

/** Finds those artifacts that the registry itself calls absent. */
async function findGone(client: RepositoryClient, recorded: ReadonlySet<Digest>): Promise<readonly Digest[]> {
  const answers = await Promise.all([...recorded].map(async (artifact) => ({ artifact, answer: await client.hasManifest(artifact) })));
  return answers.flatMap(({ artifact, answer }) => (answer.kind === "absent" ? [artifact] : []));
}
