import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultName } from "../../lib/controls/fault.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import type { RequestKind } from "../../lib/controls/registry-request.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import type { RepositoryClient } from "../../lib/registry/repository-client.ts";
import { openClient } from "./open-clients.ts";
import { takeBlob } from "./take-blob.ts";

const BLOB = "a".repeat(500);
let registry: ControlRegistry;
let blob: Digest;
let manifest: Digest;

beforeAll(async () => {
  registry = await startRegistry();
  blob = registry.store.putBlob("acme/app", BLOB);
  const layer = { mediaType: "application/octet-stream", digest: blob, size: BLOB.length };
  const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: layer, layers: [layer] };
  manifest = registry.store.putManifest("acme/app", JSON.stringify(image), OCI_MANIFEST, "v1").digest;
  const subject = { mediaType: OCI_MANIFEST, digest: manifest, size: 1 };
  registry.store.putManifest("acme/app", JSON.stringify({ ...image, subject }), OCI_MANIFEST);
});
afterAll(() => registry.close());

/** One look-up in a line: its kind, or code, status and attempts of its failure. */
type Look = (client: RepositoryClient) => Promise<string>;

const LOOKS: Readonly<Record<string, { readonly kind: RequestKind; readonly look: Look }>> = {
  tags: { kind: "tags", look: async (client) => format(await client.listTags()) },
  head: { kind: "manifest-tag", look: async (client) => format(await client.resolveTag("v1", { listed: false })) },
  tag: { kind: "manifest-tag", look: async (client) => format(await client.fetchManifest("v1", { listed: false })) },
  digest: { kind: "manifest-digest", look: async (client) => format(await client.fetchManifest(manifest, { listed: false })) },
  has: { kind: "manifest-digest", look: async (client) => format(await client.hasManifest(manifest)) },
  blob: { kind: "blob", look: async (client) => format(await takeBlob(client, describeBlob())) },
  referrers: { kind: "referrers", look: async (client) => format(await client.listReferrers(manifest)) },
};

function describeBlob() {
  return { mediaType: "", digest: blob, size: BLOB.length, artifactType: null, annotations: {}, platform: null };
}

function format(answer: object): string {
  if ("failure" in answer && answer.failure) {
    const { code, status, attempts, delivered } = answer.failure as {
      code: string;
      status: number | null;
      attempts: number;
      delivered?: true;
    };
    return `${code} ${status ?? "-"} ×${attempts}${delivered ? " delivered" : ""}`;
  }
  if ("wellFormed" in answer) return `unsupported${answer.wellFormed ? "" : " (foreign)"}`;
  return "complete" in answer ? (answer.complete ? "complete" : "incomplete") : (answer as { kind: string }).kind;
}

const NAMES = Object.keys(LOOKS);
const ALL = (answer: string) => Object.fromEntries(NAMES.map((name) => [name, answer]));
const GONE = { ...ALL("absent"), tags: "not-found 404 ×1", referrers: "unsupported" };
// HEAD sees a label, which proves nothing, so GET decides.
const TWICE = { head: "not-found 404 ×2", has: "not-found 404 ×2" };
const HTML = { ...ALL("not-found 404 ×1"), ...TWICE, referrers: "unsupported (foreign)" };
const RIGHT = { tags: "complete", head: "found", tag: "found", digest: "found", has: "found", blob: "found", referrers: "listed" };

/** What each fault makes of each look-up. */
const TABLE: Partial<Record<FaultName, Record<string, string>>> = {
  "400": { ...ALL("unexpected-status 400 ×1"), tags: "unexpected-status 400 ×2" },
  "401": ALL("unauthorized 401 ×1"),
  "401-no-challenge": ALL("unauthorized 401 ×1"),
  "403": ALL("forbidden 403 ×1"),
  "404-error": GONE,
  "404-empty": GONE,
  "404-html": HTML,
  "404-text": { ...HTML, referrers: "unsupported" },
  // HEAD cannot see that this JSON is nobody's error document.
  "404-json": HTML,
  "405": {
    ...ALL("unexpected-status 405 ×1"),
    head: "unexpected-status 405 ×2",
    has: "unexpected-status 405 ×2",
    referrers: "unsupported",
  },
  "408": ALL("timeout 408 ×5"),
  "429": ALL("throttled 429 ×5"),
  "429-retry-after": ALL("throttled 429 ×5"),
  "500": ALL("server-error 500 ×5"),
  "502-html": ALL("server-error 502 ×5"),
  "503": ALL("server-error 503 ×5"),
  "503-retry-after": ALL("server-error 503 ×5"),
  "200-html": { ...ALL("unexpected-content 200 ×1"), head: "unexpected-content 200 ×2", has: "unexpected-content 200 ×2" },
  "200-empty": {
    tags: "invalid-json 200 ×1",
    head: "invalid-json 200 ×2",
    tag: "invalid-json 200 ×1",
    digest: "digest-mismatch 200 ×2",
    has: "digest-mismatch 200 ×3",
    blob: "digest-mismatch 200 ×2",
    referrers: "invalid-json 200 ×1",
  },
  "wrong-content-type": RIGHT,
  "as-text": RIGHT,
  "as-json": RIGHT,
  "as-bytes": RIGHT,
  "without-type": RIGHT,
  "invalid-json": {
    tags: "invalid-json 200 ×1",
    head: "invalid-json 200 ×2",
    tag: "invalid-json 200 ×1",
    digest: "digest-mismatch 200 ×2",
    has: "digest-mismatch 200 ×3",
    blob: "digest-mismatch 200 ×2",
    referrers: "invalid-json 200 ×1",
  },
  "other-bytes": {
    tags: "unexpected-content 200 ×1",
    head: "found",
    tag: "digest-mismatch 200 ×2",
    digest: "digest-mismatch 200 ×2",
    has: "found",
    blob: "digest-mismatch 200 ×2",
    referrers: "unexpected-content 200 ×1",
  },
  "wrong-digest-header": { tag: "digest-mismatch 200 ×2", digest: "found", has: "found", blob: "found" },
  "no-digest-header": RIGHT,
  "next-page-missing": { tags: "page-missing 404 ×1", referrers: "page-missing - ×1" },
  "next-page-loop": { tags: "page-missing 200 ×1", referrers: "page-missing 200 ×1" },
  "next-page-elsewhere": { tags: "page-missing 200 ×1", referrers: "page-missing 200 ×1" },
  "redirect-private": { ...ALL("redirected 307 ×1"), referrers: "unsupported (foreign)" },
  "redirect-loop": ALL("redirected 307 ×6"),
  reset: ALL("connection - ×5"),
  hang: ALL("timeout - ×2"),
  truncated: { ...ALL("truncated - ×5"), head: "found", has: "found" },
  stalled: { ...ALL("timeout - ×2"), head: "found", has: "found" },
  endless: { ...ALL("limit - ×1"), head: "limit - ×2", has: "limit - ×2", blob: "digest-mismatch 200 ×2" },
};

const CASES = Object.entries(TABLE).flatMap(([fault, answers]) =>
  Object.entries(answers).map(([name, expected]) => ({ fault: fault as FaultName, name, expected })),
);

describe("a look-up", () => {
  it.each(NAMES)("by %s finds what is there", async (name) => {
    registry.setFault(null);
    const { client, clients } = openClient(registry.host);
    expect(await LOOKS[name]!.look(client)).toMatch(/^(?:complete|found|listed)$/);
    await clients.close();
  });

  it.each(CASES)("by $name under $fault is $expected, and every request is counted", async ({ fault, name, expected }) => {
    const { kind, look } = LOOKS[name]!;
    registry.setFault({ when: { kind }, fault });
    registry.requests.clear();
    const isSilent = fault === "hang" || fault === "stalled";
    const { client, clients } = openClient(registry.host, isSilent ? { timeoutSeconds: 0.1, retries: 1 } : {});
    expect(await look(client)).toBe(expected);
    expect(clients.traffic().map(({ requests }) => requests)).toEqual([registry.requests.count()]);
    await clients.close();
  });

  it.each(NAMES.flatMap((name) => ["503", "429-retry-after", "reset", "408"].map((fault) => ({ name, fault: fault as FaultName }))))(
    "by $name survives two answers of $fault",
    async ({ name, fault }) => {
      const { kind, look } = LOOKS[name]!;
      registry.setFault({ when: { kind }, fault, times: 2 });
      const { client, clients } = openClient(registry.host);
      expect(await look(client)).toMatch(/^(?:complete|found|listed)$/);
      expect(clients.traffic()[0]?.retries).toBe(2);
      await clients.close();
    },
  );

  it.each(["tag", "digest", "blob"])("by %s survives one answer of other bytes", async (name) => {
    const { kind, look } = LOOKS[name]!;
    registry.setFault({ when: { kind }, fault: "other-bytes", times: 1 });
    const { client, clients } = openClient(registry.host);
    expect(await look(client)).toBe("found");
    await clients.close();
  });
});
