import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { IN_TOTO } from "../oci/media-types.ts";
import type { Answer, Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { INDEX_ENTRIES_LIMIT } from "./limits.ts";

/** The parts of an image. Nested indexes are opened, and BuildKit's attestation manifests are listed apart. */
interface IndexEntries {
  readonly isIndex: boolean;
  /** Manifests that can be run, in the order of the index. A single manifest is its own platform. */
  readonly platforms: readonly Digest[];
  readonly attestations: readonly Digest[];
  /** Why the entries could not all be read, or null. More than {@link INDEX_ENTRIES_LIMIT} are not read. */
  readonly failure: Failure | null;
}

/**
 * Reads the entries of an image. An entry is no platform only if it declares itself as an attestation (platform unknown/unknown and
 * BuildKit's annotation) *and* holds nothing but in-toto layers: the annotation alone could hide an image.
 * `missing` says whether an entry that is definitely not there fails the list or is skipped, as in copies that hold some platforms only.
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export async function listIndexEntries(
  client: RepositoryClient,
  digest: Digest,
  { missing }: { readonly missing: "fail" | "skip" },
): Promise<IndexEntries> {
  const opened = await openEntry(client, digest);
  if (opened.kind === "failed") return { isIndex: false, platforms: [], attestations: [], failure: opened.failure };
  if (opened.kind === "manifest") return { isIndex: false, platforms: [digest], attestations: [], failure: null };

  const platforms: Digest[] = [];
  const attestations: Digest[] = [];
  const waiting = opened.entries.map((entry) => ({ entry, depth: 0 }));
  const pastLimit = (detail: string): IndexEntries => {
    const failure = { code: "limit", detail: `index ${digest}: ${detail}`, status: null, attempts: 1 } as const;
    return { isIndex: true, platforms, attestations, failure };
  };
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen >= INDEX_ENTRIES_LIMIT) return pastLimit(`more than ${INDEX_ENTRIES_LIMIT} entries`);
    const { entry, depth } = waiting.shift()!;
    const kind = missing === "skip" && isPlainPlatform(entry) ? PLATFORM : await classifyEntry(client, entry);
    if (kind.kind === "missing" && missing === "skip") continue;
    if (kind.kind === "failed" || kind.kind === "missing") return { isIndex: true, platforms, attestations, failure: kind.failure };
    if (kind.kind === "attestation") attestations.push(entry.digest);
    else if (kind.kind === "platform") platforms.push(entry.digest);
    // A deeper index may hold unsigned platforms, so it must not be skipped.
    else if (depth >= NESTING_LIMIT) return pastLimit(`nested deeper than ${NESTING_LIMIT} indexes`);
    else waiting.push(...kind.entries.map((nested) => ({ entry: nested, depth: depth + 1 })));
  }
  return { isIndex: true, platforms: [...new Set(platforms)], attestations, failure: null };
}

const NESTING_LIMIT = 3;

type EntryKind =
  | { readonly kind: "platform" }
  | { readonly kind: "attestation" }
  | { readonly kind: "index"; readonly entries: readonly Descriptor[] }
  /** `missing`: the registry itself says that the entry is not there. */
  | { readonly kind: "missing"; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure };

const PLATFORM: EntryKind = { kind: "platform" };

/** By its label alone. That is enough to say why a release is bare; where every platform must be signed, the bytes decide. */
function isPlainPlatform(entry: Descriptor): boolean {
  return !entry.mediaType.includes("index") && !entry.mediaType.includes("manifest.list") && !declaresAttestation(entry);
}

async function classifyEntry(client: RepositoryClient, entry: Descriptor): Promise<EntryKind> {
  const opened = await openEntry(client, entry.digest);
  if (opened.kind === "failed") {
    const { failure } = opened;
    // Whoever stored the index named the entry.
    return failure.code === "listed-but-missing"
      ? { kind: "missing", failure: { ...failure, isStored: true } }
      : { kind: "failed", failure };
  }
  if (opened.kind === "index") return { kind: "index", entries: opened.entries };
  return opened.isOfStatements && declaresAttestation(entry) ? { kind: "attestation" } : { kind: "platform" };
}

/** What matters of a manifest. It may have megabytes, and is let go of at once. */
type OpenedEntry =
  | { readonly kind: "manifest"; readonly isOfStatements: boolean }
  /** At most one more than may be read. */
  | { readonly kind: "index"; readonly entries: readonly Descriptor[] }
  | { readonly kind: "failed"; readonly failure: Failure };

function openEntry(client: RepositoryClient, digest: Digest): Promise<OpenedEntry> {
  const open = (answer: Answer<FetchedManifest>): OpenedEntry => {
    if (answer.kind !== "found") return { kind: "failed", failure: failureOf(answer, digest) };
    const { manifest } = answer.value;
    if (manifest.kind === "index") return { kind: "index", entries: manifest.manifests.slice(0, INDEX_ENTRIES_LIMIT + 1) };
    const { layers } = manifest;
    return { kind: "manifest", isOfStatements: layers.length > 0 && layers.every((layer) => layer.mediaType === IN_TOTO) };
  };
  return client.lendManifest(digest, { listed: true, use: (answer) => Promise.resolve(open(answer)) });
}

function declaresAttestation(entry: Descriptor): boolean {
  const unknown = entry.platform?.os === "unknown" && entry.platform.architecture === "unknown";
  return unknown && entry.annotations["vnd.docker.reference.type"] === "attestation-manifest";
}

function failureOf(answer: { kind: "failed"; failure: Failure } | { kind: "absent"; detail: string }, digest: Digest): Failure {
  if (answer.kind === "failed") return answer.failure;
  return { code: "listed-but-missing", detail: `manifest ${digest}: ${answer.detail}`, status: 404, attempts: 1 };
}
