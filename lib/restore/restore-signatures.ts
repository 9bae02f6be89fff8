import { findEvidence, findText } from "../history/past/find-evidence.ts";
import type { Finding, TagState } from "../history/state.ts";
import type { HistoryReader } from "../history/store.ts";
import { cosignTag } from "../oci/companion-tag.ts";
import { isDigest, type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { DSSE_ENVELOPE_LAYER, OCI_MANIFEST } from "../oci/media-types.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { parseEpochDocument } from "../watchlist/record/epoch-document.ts";
import { rebuildManifest, type RebuiltManifest } from "./rebuild-manifest.ts";

/** A kept signature, and where it was. */
export interface RestoredSignature {
  /** The signature manifest as it was recorded. */
  readonly artifact: Digest;
  readonly signers: readonly string[];
  readonly manifest: RebuiltManifest;
  /** What a push names: `REPOSITORY:TAG` for a companion tag of cosign, `REPOSITORY@DIGEST` for a referrer. */
  readonly destination: string;
  /** What the signature is of. */
  readonly subject: Digest;
}

interface RestoredSignatures {
  readonly signatures: readonly RestoredSignature[];
  /** Signature manifests of which too little is kept. */
  readonly missing: readonly Digest[];
}

type Store = Pick<HistoryReader, "loadEvidence" | "loadRepository">;

/**
 * Loads the signatures that a finding's release had before, from the evidence that was kept when they verified. It asks no registry. Empty
 * if the release was not signed before.
 */
export async function restoreSignatures({ repository, tag, before }: Finding, store: Store): Promise<RestoredSignatures> {
  const digest = before?.digest ?? null;
  if (before === null || digest === null) return { signatures: [], missing: [] };
  const { tags } = await store.loadRepository(repository);
  const place = await readPlaces(tag === null ? undefined : tags.get(tag), store);
  const signatures: RestoredSignature[] = [];
  const missing: Digest[] = [];
  for (const [artifact, signers] of Map.groupBy(before.signers, (signer) => signer.artifact)) {
    const manifest = await rebuildKept(artifact, store);
    if (manifest === null) {
      missing.push(artifact);
      continue;
    }
    const inOther = signers.some((signer) => signer.place === "signature-repository") && place.signatureRepository !== null;
    const where = inOther ? place.signatureRepository : repository;
    const { subject, destination } = locate(manifest, { repository: where, digest, tagPrefix: place.tagPrefix });
    signatures.push({ artifact, signers: [...new Set(signers.map(({ signer }) => signer))], manifest, subject, destination });
  }
  return { signatures, missing };
}

async function rebuildKept(artifact: Digest, store: Store): Promise<RebuiltManifest | null> {
  const found = await findEvidence(store, artifact);
  const parsed = found.kind === "kept" ? parseManifest(found.bytes, OCI_MANIFEST) : null;
  if (found.kind !== "kept" || parsed?.kind !== "parsed" || parsed.manifest.kind !== "manifest") return null;
  const kept = new Map<Digest, Uint8Array>();
  for (const { digest } of parsed.manifest.layers) {
    const layer = await findEvidence(store, digest);
    if (layer.kind === "kept") kept.set(digest, layer.bytes);
  }
  return rebuildManifest(found.bytes, kept);
}

/** Where the policy that judged the tag last had signatures lie. */
async function readPlaces(
  state: TagState | undefined,
  store: Store,
): Promise<{ readonly signatureRepository: string | null; readonly tagPrefix: string }> {
  const epoch = state?.last?.epoch;
  const text = epoch !== undefined && isDigest(epoch) ? await findText(store, epoch) : null;
  const document = text === null ? null : parseEpochDocument(text.slice(text.indexOf("\n") + 1));
  return { signatureRepository: document?.signatureRepository ?? null, tagPrefix: document?.tagPrefix ?? "" };
}

interface Surroundings {
  readonly repository: string;
  /** The release's digest. With `target: platforms`, a signature is of another one. */
  readonly digest: Digest;
  readonly tagPrefix: string;
}

function locate(
  manifest: RebuiltManifest,
  { repository, digest, tagPrefix }: Surroundings,
): Pick<RestoredSignature, "subject" | "destination"> {
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind !== "parsed" || parsed.manifest.kind !== "manifest") throw new TypeError("a rebuilt manifest is one");
  const { subject, layers } = parsed.manifest;
  if (subject !== null) return { subject: subject.digest, destination: `${repository}@${manifest.digest}` };
  const [first] = layers.flatMap((layer) => manifest.blobs.get(layer.digest) ?? []);
  const signed = (first && readSigned(first)) ?? digest;
  const suffix = layers.every(({ mediaType }) => mediaType === DSSE_ENVELOPE_LAYER) ? ".att" : ".sig";
  return { subject: signed, destination: `${repository}:${cosignTag(signed, suffix, tagPrefix)}` };
}

/** Reads which digest a simple-signing payload names. It verified when it was kept. */
function readSigned(payload: Uint8Array): Digest | null {
  const parsed = parseJson(payload);
  const critical = parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value["critical"] : null;
  const image = isJsonObject(critical) ? critical["image"] : null;
  const digest = isJsonObject(image) ? image["docker-manifest-digest"] : null;
  return isDigest(digest) ? digest : null;
}
