import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One manifest of a layout: what it is pushed as. */
export interface LayoutManifest {
  readonly digest: string;
  readonly mediaType: string;
  /** Null where only its digest leads to it. */
  readonly tag: string | null;
  readonly bytes: Uint8Array;
  /** The digest that it refers to, or null. */
  readonly subject: string | null;
}

interface LayoutIndex {
  manifests: { digest: string; mediaType: string; annotations?: Record<string, string> }[];
}

const TAG_ANNOTATION = "org.opencontainers.image.ref.name";

/** Reads the manifests of an OCI image layout in an order in which they can be pushed: what others list comes first. */
export function readLayout(folder: string): LayoutManifest[] {
  const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as LayoutIndex;
  const manifests = index.manifests.map(({ digest, mediaType, annotations }) => {
    const bytes = readFileSync(blobPath(folder, digest));
    const { subject } = JSON.parse(bytes.toString()) as { subject?: { digest: string } };
    return { digest, mediaType, tag: annotations?.[TAG_ANNOTATION] ?? null, bytes, subject: subject?.digest ?? null };
  });
  const lists = (manifest: LayoutManifest): boolean => /index|manifest\.list/.test(manifest.mediaType);
  return [...manifests.filter((manifest) => !lists(manifest)), ...manifests.filter(lists)];
}

/**
 * Pushes an OCI image layout into a repository as the distribution specification says ("Pushing blobs", "Pushing manifests"),
 * and throws at the first request that is not answered with 201 or 202.
 */
export async function pushLayout(origin: string, repository: string, folder: string): Promise<LayoutManifest[]> {
  const manifests = readLayout(folder);
  const isManifest = new Set(manifests.map(({ digest }) => digest));
  for (const hex of readdirSync(join(folder, "blobs", "sha256"))) {
    if (!isManifest.has(`sha256:${hex}`)) await pushBlob(origin, repository, readFileSync(blobPath(folder, `sha256:${hex}`)));
  }
  for (const { digest, mediaType, tag, bytes } of manifests) {
    const url = `${origin}/v2/${repository}/manifests/${tag ?? digest}`;
    await demand(201, url, { method: "PUT", headers: { "content-type": mediaType }, body: bytes });
  }
  return manifests;
}

async function pushBlob(origin: string, repository: string, bytes: Uint8Array): Promise<void> {
  const opened = await demand(202, `${origin}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const location = new URL(opened.headers.get("location")!, origin);
  location.searchParams.set("digest", `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  await demand(201, location.href, { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: bytes });
}

async function demand(status: number, url: string, request: RequestInit): Promise<Response> {
  const response = await fetch(url, request);
  const body = await response.text();
  if (response.status !== status)
    throw new Error(`${request.method} ${url}: expected ${status}, got ${response.status} ${body.slice(0, 200)}`);
  return response;
}

function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}
