import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredRepository } from "../../lib/controls/stored-repository.ts";
import { demand, type Ask } from "./registry-client.ts";

/** One manifest of a layout: what it is pushed as. */
export interface LayoutManifest {
  readonly digest: string;
  readonly mediaType: string;
  /** Null where only its digest leads to it. */
  readonly tag: string | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The digest that it refers to, or null. */
  readonly subject: string | null;
}

interface LayoutIndex {
  manifests: { digest: string; mediaType: string; annotations?: Record<string, string> }[];
}

const TAG_ANNOTATION = "org.opencontainers.image.ref.name";

/** Reads the manifests of an OCI image layout in an order in which they can be pushed: what others list comes first. */
function readLayout(folder: string): LayoutManifest[] {
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
export async function pushLayout(ask: Ask, repository: string, folder: string): Promise<LayoutManifest[]> {
  const manifests = readLayout(folder);
  const isManifest = new Set(manifests.map(({ digest }) => digest));
  for (const hex of readdirSync(join(folder, "blobs", "sha256"))) {
    if (!isManifest.has(`sha256:${hex}`)) await pushBlob(ask, repository, readFileSync(blobPath(folder, `sha256:${hex}`)));
  }
  for (const { digest, mediaType, tag, bytes } of manifests) await pushManifest(ask, repository, tag ?? digest, mediaType, bytes);
  return manifests;
}

/** Pushes everything that a control registry has of a repository, tags last. */
export async function pushRepository(ask: Ask, repository: string, stored: StoredRepository): Promise<void> {
  for (const { body } of stored.blobs.values()) await pushBlob(ask, repository, Buffer.from(body));
  const tagsOf = (digest: string): string[] => [...stored.tags].flatMap(([tag, named]) => (named === digest ? [tag] : []));
  for (const { digest, mediaType, bytes } of stored.manifests.values()) {
    const names = tagsOf(digest);
    for (const name of names.length > 0 ? names : [digest]) await pushManifest(ask, repository, name, mediaType, Buffer.from(bytes));
  }
}

async function pushManifest(ask: Ask, repository: string, name: string, mediaType: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { "content-type": mediaType };
  await demand(ask, [201], `/v2/${repository}/manifests/${name}`, { method: "PUT", headers, body, scope: `push ${repository}` });
}

async function pushBlob(ask: Ask, repository: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const scope = `push ${repository}`;
  const opened = await demand(ask, [202], `/v2/${repository}/blobs/uploads/`, { method: "POST", scope });
  const location = new URL(opened.headers.get("location")!, "http://registry");
  location.searchParams.set("digest", `sha256:${createHash("sha256").update(body).digest("hex")}`);
  const headers = { "content-type": "application/octet-stream" };
  await demand(ask, [201], location.pathname + location.search, { method: "PUT", headers, body, scope });
}

function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}
