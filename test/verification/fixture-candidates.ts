import { existsSync, readFileSync } from "node:fs";
import { recogniseForm } from "../../lib/discovery/forms.ts";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import type { PlaceName } from "../../lib/discovery/places.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { hexOf, type Digest } from "../../lib/oci/digest.ts";
import { parseManifest, type ImageManifest } from "../../lib/oci/manifest.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** Text of a file under `test/fixtures`. */
export function readFixture(path: string): string {
  return readFileSync(new URL(path, FIXTURES), "utf8");
}

/** Everything in an image layout that may be a signature of the digest: companion tags, and manifests that name it as subject. */
export function fixtureCandidates(scenario: string, target: Digest): Candidate[] {
  const index = JSON.parse(readFixture(`${scenario}/index.json`)) as {
    manifests: { digest: Digest; mediaType: string; annotations?: Record<string, string> }[];
  };
  const companions = new Set([cosignTag(target, ".sig"), cosignTag(target, ".att"), cosignTag(target, ".sbom")]);
  return index.manifests.flatMap(({ digest, mediaType, annotations }) => {
    const parsed = parseManifest(readBlob(scenario, digest), mediaType);
    if (parsed.kind !== "parsed" || parsed.manifest.kind !== "manifest") return [];
    const { manifest } = parsed;
    const tag = annotations?.["org.opencontainers.image.ref.name"] ?? "";
    if (companions.has(tag)) return candidatesOf(scenario, target, digest, manifest, "cosign-tag");
    return manifest.subject?.digest === target ? candidatesOf(scenario, target, digest, manifest, "referrers-api") : [];
  });
}

function candidatesOf(scenario: string, target: Digest, artifact: Digest, manifest: ImageManifest, place: PlaceName): Candidate[] {
  return manifest.layers.map((layer) => ({
    place,
    target,
    artifact,
    form: recogniseForm(manifest, layer),
    layer: layer.digest,
    annotations: layer.annotations,
    content: { kind: "bytes", bytes: readBlob(scenario, layer.digest) },
    foreignSubject: manifest.subject !== null && manifest.subject.digest !== target,
  }));
}

function readBlob(scenario: string, digest: Digest): Uint8Array {
  return readFileSync(new URL(`${scenario}/blobs/sha256/${hexOf(digest)}`, FIXTURES));
}

/** A folder of signatures that nobody of this project made, or null where it is not at hand. */
export function findCorpus(): string | null {
  const folder = process.env["CORPUS_DIR"] ?? "../shared/corpus";
  return existsSync(`${folder}/CASES.jsonl`) ? folder : null;
}
