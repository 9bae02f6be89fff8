import type { Digest } from "../oci/digest.ts";
import type { Failure } from "../registry/answer.ts";
import type { RepositoryClient } from "../registry/repository-client.ts";
import { KEPT_MANIFEST_BYTES } from "./limits.ts";
import { readLayer } from "./read-layer.ts";
import { lostBlob, mostOf, toCandidate } from "./read-layers.ts";
import type { FoundCandidate } from "./reply.ts";
import { mergeRead, NOTHING_READ, type Known, type LaterLayer, type ReadSignatures } from "./signature-manifest.ts";

/**
 * Reads the large layers of all manifests at a place: first those of what was verified before, then the smallest, as long as the digest may
 * cost more. What is left counts as unread. So large junk buries nothing that is smaller.
 */
export async function readLater(client: RepositoryClient, read: ReadSignatures, known: Known): Promise<ReadSignatures> {
  const { later } = read;
  if (later.length === 0) return read;
  const isVerified = ({ candidate }: LaterLayer): boolean => known.verified.has(candidate.artifact);
  const readAll = async (layers: readonly LaterLayer[]): Promise<ReadSignatures> =>
    mergeRead(await Promise.all(layers.map((one) => readOne(client, one, known))));
  // One after the other: a copy of what was verified before is worth less than the original.
  const before = await readAll(later.filter(isVerified));
  const others = later.filter((one) => !isVerified(one)).toSorted(bySize);
  const taken = others.filter((one) => known.desk.take(one.annotated ?? one.form, one.layer, mostOf(one)));
  const unread = { ...NOTHING_READ, unread: others.length - taken.length };
  return mergeRead([{ ...read, later: [] }, before, await readAll(taken), unread]);
}

async function readOne(client: RepositoryClient, one: LaterLayer, { desk, recorded, gone }: Known): Promise<ReadSignatures> {
  const { artifact } = one.candidate;
  const answer = await readLayer(client, one, desk, { isSmall: false });
  if (answer.kind === "longer") return NOTHING_READ;
  if (answer.kind === "failed") return { ...NOTHING_READ, failure: answer.failure };
  const { layer, digest, isGone } = answer;
  const manifest = layer.isSigners ? (one.candidate.manifest ?? (await findManifest(client, artifact))) : one.candidate.manifest;
  const candidates = [toCandidate({ ...one.candidate, ...(manifest && { manifest }) }, layer, digest)];
  if (!isGone || !recorded.has(artifact)) return { ...NOTHING_READ, candidates };
  const failure: Failure | null = gone.has(artifact) ? null : lostBlob(artifact);
  return { ...NOTHING_READ, candidates, failure, gone: [artifact] };
}

/** Fetches the manifest of what a signer of the policy made again, if junk took the room for it. */
function findManifest(client: RepositoryClient, artifact: Digest): Promise<FoundCandidate["manifest"]> {
  const use = (answer: Awaited<ReturnType<RepositoryClient["fetchManifest"]>>): Promise<FoundCandidate["manifest"]> =>
    Promise.resolve(answer.kind === "found" && answer.value.bytes.length <= KEPT_MANIFEST_BYTES ? answer.value.bytes : undefined);
  return client.lendManifest(artifact, { listed: true, use });
}

function bySize(left: LaterLayer, right: LaterLayer): number {
  return (
    mostOf(left) - mostOf(right) ||
    compare(left.layer.digest, right.layer.digest) ||
    compare(left.candidate.artifact, right.candidate.artifact)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
