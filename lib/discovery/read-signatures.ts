import type { Digest } from "../oci/digest.ts";
import { failed, type Answer, type Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { INDEX_ENTRIES_LIMIT } from "./limits.ts";
import { readLayers } from "./read-layers.ts";
import { goneOf, type Reply } from "./reply.ts";
import { mergeRead, NOTHING_READ, type Known, type ReadSignatures } from "./signature-manifest.ts";

/** How many manifests inside indexes may still be fetched for one digest and place. */
interface Allowance {
  left: number;
}

/** What one digest may cost at one place beyond what the place lists. */
export function newAllowance(): Allowance {
  return { left: INDEX_ENTRIES_LIMIT };
}

export interface Reading {
  readonly client: RepositoryClient;
  readonly known: Known;
  /** Whether a manifest without a subject is stored for nobody. */
  readonly subjectRequired: boolean;
  readonly allowance: Allowance;
}

/** What a lent manifest holds: signatures, which are read while it is lent, or other manifests, which are not. */
export type OpenedManifest = (ReadSignatures & { readonly inside?: undefined }) | { readonly inside: OpenedIndex };

interface OpenedIndex {
  readonly digest: Digest;
  /** The manifests in it; null if they are more than may be fetched. */
  readonly entries: readonly Digest[] | null;
  readonly isForeign: boolean;
}

/** Opens what is stored where a signature can be, while it is lent. */
export async function openManifest(fetched: FetchedManifest, { client, known, ...reading }: Reading): Promise<OpenedManifest> {
  const { manifest, digest } = fetched;
  const isForeign = manifest.subject === null ? reading.subjectRequired : manifest.subject.digest !== known.target;
  if (manifest.kind === "manifest") return readLayers(client, { ...fetched, manifest }, known, isForeign);
  const { manifests } = manifest;
  const entries = manifests.length > reading.allowance.left ? null : manifests.map((entry) => entry.digest);
  return { inside: { digest, entries, isForeign } };
}

/**
 * Reads what was opened. An index is read as cosign reads it (ggcr's remote.Image takes the manifest of a platform): each manifest in it
 * as if it stood there itself. Past the allowance the index fails, because what nobody looked at may be the signature.
 */
export async function readOpened(opened: OpenedManifest, reading: Reading): Promise<ReadSignatures> {
  if (opened.inside === undefined) return opened;
  const { digest, entries, isForeign } = opened.inside;
  const { allowance } = reading;
  if (entries === null || entries.length > allowance.left) {
    const detail = `index ${digest}: more than ${INDEX_ENTRIES_LIMIT} manifests inside indexes, where a signature may be`;
    return { ...NOTHING_READ, failure: failed("limit", detail).failure };
  }
  allowance.left -= entries.length;
  const inside = { ...reading, subjectRequired: isForeign };
  const reads: ReadSignatures[] = [];
  // One after the other: a nested index takes from the same allowance.
  for (const entry of entries) {
    const { read } = await readListed(entry, inside);
    reads.push(read);
  }
  return mergeRead(reads);
}

/** What was read of a listed manifest. */
interface ReadListed {
  readonly read: ReadSignatures;
  /** Whether the manifest names the target as its subject. */
  readonly namesSubject: boolean;
  /** Why it could not be fetched, or null. */
  readonly failure: Failure | null;
}

/** What a list names is missing, and was never there as far as anybody knows: whoever stored the list wrote that. */
function storedIfMissing(failure: Failure): Failure {
  return failure.code === "listed-but-missing" ? { ...failure, isStored: true } : failure;
}

/**
 * Reads a listed manifest, fetched by digest; or what follows if it cannot be had. One that was verified before and that the registry itself
 * calls absent is gone once it was so on an earlier night; until then the list is the stronger word, and the place fails.
 */
export async function readListed(digest: Digest, reading: Reading): Promise<ReadListed> {
  const { target, recorded, gone } = reading.known;
  const lent = await reading.client.lendManifest(digest, {
    listed: !recorded.has(digest),
    use: async (answer) => {
      if (answer.kind !== "found") return answer;
      const namesSubject = answer.value.manifest.subject?.digest === target;
      return { kind: "opened", opened: await openManifest(answer.value, reading), namesSubject } as const;
    },
  });
  if (lent.kind === "opened") return { read: await readOpened(lent.opened, reading), namesSubject: lent.namesSubject, failure: null };
  if (lent.kind === "failed") {
    const failure = storedIfMissing(lent.failure);
    return { read: { ...NOTHING_READ, failure }, namesSubject: false, failure };
  }
  const missing = failed("listed-but-missing", `manifest ${digest}: ${lent.detail}, but it is listed`, 404).failure;
  return { read: { ...NOTHING_READ, failure: gone.has(digest) ? null : missing, gone: [digest] }, namesSubject: false, failure: null };
}

/**
 * Borrows the manifest of a companion tag. If the list names the tag and the registry does not have it, what was verified before decides:
 * once an artifact was definitely gone by its digest on an earlier night and is so tonight, the registry's own word on the tag counts
 * although the list names it. Until then the answer is failed.
 */
export async function lendCompanion<T>(
  client: RepositoryClient,
  tag: string,
  listed: boolean,
  { recorded, gone }: Known,
  use: (answer: Answer<FetchedManifest>) => Promise<T>,
): Promise<{ readonly used: T; readonly gone: Pick<Reply, "gone"> }> {
  const first = await client.lendManifest(tag, {
    listed,
    use: async (answer) =>
      answer.kind === "failed" && answer.failure.code === "listed-but-missing" ? { answer } : { used: await use(answer) },
  });
  if ("used" in first) return { used: first.used, gone: {} };
  const missing = await findGone(client, recorded);
  const isOld = missing.some((artifact) => gone.has(artifact));
  const used = await (isOld ? client.lendManifest(tag, { listed: false, use }) : use(first.answer));
  return { used, gone: goneOf(missing) };
}

/** Finds those artifacts that the registry itself calls absent. */
async function findGone(client: RepositoryClient, recorded: ReadonlySet<Digest>): Promise<readonly Digest[]> {
  const answers = await Promise.all([...recorded].map(async (artifact) => ({ artifact, answer: await client.hasManifest(artifact) })));
  return answers.flatMap(({ artifact, answer }) => (answer.kind === "absent" ? [artifact] : []));
}
