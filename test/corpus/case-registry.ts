import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { digestOf, isDigest, type Digest } from "../../lib/oci/digest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import type { CorpusCase } from "./corpus-case.ts";

const REPOSITORY = "case/image";

export interface CaseRegistry {
  readonly host: string;
  readonly repository: string;
  readonly target: Digest;
  close(): Promise<void>;
}

/** Serves what a case holds: an image layout, one manifest, or the answers of a recorded session. */
export async function serveCase(folder: string, corpusCase: CorpusCase): Promise<CaseRegistry> {
  const { layout, manifest, trace, subject } = corpusCase;
  if (manifest === undefined && trace !== undefined) return replay(readFileSync(join(folder, trace), "utf8"));
  const store = new RegistryStore();
  if (layout !== undefined) loadSavedLayout(store, REPOSITORY, join(folder, layout), null);
  if (manifest !== undefined) putManifest({ store, repository: REPOSITORY }, readFileSync(join(folder, manifest)), null, null);
  const target = subject.digest ?? digestOf(readFileSync(join(folder, subject.manifest ?? manifest ?? "")));
  const registry = await startRegistry({ store });
  return { host: registry.host, repository: REPOSITORY, target: target as Digest, close: () => registry.close() };
}

interface Entry {
  readonly digest: string;
  readonly mediaType?: string;
  readonly annotations?: Record<string, string>;
  readonly manifests?: Entry[];
}

/**
 * Every blob whose name is right; a manifest under its tag, also where `cosign save` says by `kind` what it is of. `tag` is that of the
 * image itself where the layout gives it none.
 */
export function loadSavedLayout(store: RegistryStore, repository: string, directory: string, tag: string | null): void {
  const index = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as { manifests: Entry[] };
  const image = index.manifests.find(({ annotations }) => /\/image(?:Index)?$/.test(annotations?.["kind"] ?? ""));
  const layout = { store, repository, directory };
  for (const entry of index.manifests) put(layout, entry, entry === image ? tag : tagOf(entry, image));
  const blobs = join(directory, "blobs", "sha256");
  for (const name of existsSync(blobs) ? readdirSync(blobs) : []) {
    const bytes = readFileSync(join(blobs, name));
    if (digestOf(bytes) === `sha256:${name}`) store.putBlob(repository, bytes);
  }
}

interface Layout {
  readonly store: RegistryStore;
  readonly repository: string;
  readonly directory: string;
}

function put(layout: Layout, entry: Entry, tag: string | null): void {
  const path = join(layout.directory, "blobs", ...entry.digest.split(":"));
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  putManifest(layout, bytes, entry.mediaType ?? null, tag);
  for (const child of (JSON.parse(bytes.toString("utf8")) as Entry).manifests ?? []) put(layout, child, null);
}

function tagOf({ annotations }: Entry, image: Entry | undefined): string | null {
  const name = annotations?.["org.opencontainers.image.ref.name"];
  if (name !== undefined) return /^[\w][\w.-]{0,127}$/.test(name) ? name : null;
  const suffix = { sigs: ".sig", atts: ".att" }[annotations?.["kind"]?.split("/").at(-1) ?? ""];
  return suffix === undefined || image === undefined ? null : cosignTag(image.digest as Digest, suffix as ".sig");
}

function putManifest(
  { store, repository }: Pick<Layout, "store" | "repository">,
  bytes: Buffer,
  mediaType: string | null,
  tag: string | null,
): void {
  const named = (JSON.parse(bytes.toString("utf8")) as { mediaType?: string }).mediaType;
  store.putManifest(repository, bytes, mediaType ?? named ?? OCI_MANIFEST, tag);
}

const ANSWER = /<-- (?<status>\d{3}) (?<url>https:\S+) [^\n]*\n(?<head>(?:[^\n]+\n)+)\n(?<body>[^\n]*)/g;

/** The answers of a session that go-containerregistry logged, from a server of our own. What was never asked is not there. */
async function replay(log: string): Promise<CaseRegistry> {
  const answers = new Map<string, { status: number; type: string; body: string }>();
  for (const { groups } of log.replaceAll("\r", "").matchAll(ANSWER)) {
    const { pathname } = new URL(groups!["url"]!);
    const type = /^content-type: *(?<type>[^\n]*)$/im.exec(groups!["head"]!)?.groups?.["type"] ?? "application/json";
    if (pathname.startsWith("/v2/") && pathname !== "/v2/")
      answers.set(pathname, { status: Number(groups!["status"]), type, body: groups!["body"]! });
  }
  const asked = [...answers.keys()]
    .map((path) => /^\/v2\/(?<name>.+)\/referrers\/(?<digest>[^/]+)$/.exec(path)?.groups)
    .find((groups) => groups !== undefined);
  const [name, target] = [asked?.["name"] ?? "", asked?.["digest"]];
  if (!isDigest(target)) throw new Error("the session asks for no referrers");
  // Whoever recorded the session could pull from the repository.
  answers.set(`/v2/${name}/tags/list`, { status: 200, type: "application/json", body: JSON.stringify({ name, tags: ["latest"] }) });
  const server = createServer((request, response) => {
    const answer = answers.get(new URL(request.url ?? "/", "http://localhost").pathname);
    const body = answer?.body ?? JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] });
    response
      .writeHead(answer?.status ?? 404, { "content-type": answer?.type ?? "application/json" })
      .end(request.method === "HEAD" ? "" : body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, repository: name, target, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
