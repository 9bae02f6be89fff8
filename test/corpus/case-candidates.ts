import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf, matchesDigest, type Digest } from "../../lib/oci/digest.ts";
import { parseManifest, type ImageManifest } from "../../lib/oci/manifest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { recogniseForm } from "../../lib/discovery/forms.ts";
import type { CorpusCase } from "./corpus-case.ts";

/** What a registry would have given for the evidence of a case that is given as files. */
export function candidatesOfCase(folder: string, corpusCase: CorpusCase, target: Digest): Candidate[] {
  const { manifest: manifestFile, bundle, blobs } = corpusCase;
  if (corpusCase.form === "bundle") {
    const bytes = bundle === null || bundle === undefined ? null : readBundle(join(folder, bundle), corpusCase.line);
    if (manifestFile === undefined) return bytes === null ? [] : [bareBundle(bytes, target)];
    return layersOf(join(folder, manifestFile), [bytes], target, "referrers-api");
  }
  const contents = (blobs ?? []).map((blob) => (blob === null ? null : readFileSync(join(folder, blob))));
  return layersOf(join(folder, manifestFile ?? ""), contents, target, "cosign-tag");
}

function readBundle(path: string, line: number | undefined): Buffer {
  const bytes = readFileSync(path);
  return line === undefined ? bytes : Buffer.from(bytes.toString("utf8").split("\n")[line] ?? "");
}

function bareBundle(bytes: Uint8Array, target: Digest): Candidate {
  const digest = digestOf(bytes);
  const content = { kind: "bytes", bytes } as const;
  return {
    place: "referrers-api",
    target,
    artifact: digest,
    form: "sigstore-bundle",
    layer: digest,
    annotations: {},
    content,
    foreignSubject: false,
  };
}

function layersOf(path: string, contents: readonly (Uint8Array | null)[], target: Digest, place: Candidate["place"]): Candidate[] {
  const bytes = readFileSync(path);
  const manifest = readManifest(bytes);
  return manifest.layers.map((layer, at): Candidate => {
    const blob = contents[at] ?? null;
    const right = blob !== null && blob.length === layer.size && matchesDigest(blob, layer.digest);
    return {
      place,
      target,
      artifact: digestOf(bytes),
      form: recogniseForm(manifest, layer),
      layer: layer.digest,
      annotations: layer.annotations,
      content: right ? { kind: "bytes", bytes: blob } : { kind: "unusable", detail: "its blob is missing or not what its name says" },
      foreignSubject: manifest.subject !== null && manifest.subject.digest !== target,
    };
  });
}

function readManifest(bytes: Buffer): ImageManifest {
  const { mediaType } = JSON.parse(bytes.toString("utf8")) as { mediaType?: string };
  const parsed = parseManifest(bytes, mediaType ?? OCI_MANIFEST);
  if (parsed.kind !== "parsed" || parsed.manifest.kind !== "manifest") throw new Error("the evidence is no image manifest");
  return parsed.manifest;
}
