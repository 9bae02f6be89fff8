import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadLayout } from "../../lib/controls/load-layout.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";

interface Entry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly annotations?: Record<string, string>;
  readonly subject?: { digest: Digest };
}

const FIXTURES = join(import.meta.dirname, "../fixtures");
const LAYOUTS = (await readdir(FIXTURES, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== "keys" && entry.name !== "lookaside")
  .map((entry) => entry.name);

let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

async function readEntries(layout: string): Promise<Entry[]> {
  const index = JSON.parse(await readFile(join(FIXTURES, layout, "index.json"), "utf8")) as {
    manifests: Entry[];
  };
  return index.manifests;
}

describe.each(LAYOUTS)("the layout %s", (layout) => {
  it("is served with every manifest under its digest, type and tag", async () => {
    await loadLayout(registry.store, layout, join(FIXTURES, layout));
    for (const { digest, mediaType, annotations } of await readEntries(layout)) {
      const references = [digest, annotations?.["org.opencontainers.image.ref.name"] ?? digest];
      for (const reference of references) {
        const answer = await fetch(`${registry.url}/v2/${layout}/manifests/${reference}`);
        expect(answer.headers.get("content-type")).toBe(mediaType);
        expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).toBe(digest);
      }
    }
  });

  it("is served with the config and layers of every manifest", async () => {
    await loadLayout(registry.store, layout, join(FIXTURES, layout));
    const blobs = (await readEntries(layout)).flatMap(({ digest }) => {
      const stored = registry.store.manifest(layout, digest)!;
      const { config, layers } = JSON.parse(stored.bytes.toString()) as {
        config?: Entry;
        layers?: Entry[];
      };
      return [...(config ? [config] : []), ...(layers ?? [])];
    });
    const answers = await Promise.all(blobs.map((blob) => fetch(`${registry.url}/v2/${layout}/blobs/${blob.digest}`, { method: "HEAD" })));
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
  });
});

it.each(["cosign2", "cosign3-api", "notation-api"])("lists the referrers that the layout %s holds", async (layout) => {
  await loadLayout(registry.store, layout, join(FIXTURES, layout));
  const referrers = (await readEntries(layout)).flatMap(({ digest }) => {
    const { subject } = JSON.parse(registry.store.manifest(layout, digest)!.bytes.toString()) as Entry;
    return subject ? [{ digest, subject: subject.digest }] : [];
  });
  expect(referrers).not.toEqual([]);
  for (const { digest, subject } of referrers) {
    const answer = await fetch(`${registry.url}/v2/${layout}/referrers/${subject}`);
    const { manifests } = (await answer.json()) as { manifests: Entry[] };
    expect(manifests.map((entry) => entry.digest)).toContain(digest);
  }
});

describe("a layout that is not what it says", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "layout-"));
    await cp(join(FIXTURES, "podman"), directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("is refused where a file's bytes are not those of its name", async () => {
    const [entry] = await readEntries("podman");
    await writeFile(join(directory, "blobs", entry!.digest.replace(":", "/")), "other bytes");
    await expect(loadLayout(registry.store, "podman", directory)).rejects.toThrow("is not what its name says");
  });

  it("is refused where a listed manifest is missing", async () => {
    const [entry] = await readEntries("podman");
    await rm(join(directory, "blobs", entry!.digest.replace(":", "/")));
    await expect(loadLayout(registry.store, "podman", directory)).rejects.toThrow("is listed but not there");
  });

  it("is refused where index.json is no index", async () => {
    await writeFile(join(directory, "index.json"), "[]");
    await expect(loadLayout(registry.store, "podman", directory)).rejects.toThrow("index.json is no index");
  });
});
