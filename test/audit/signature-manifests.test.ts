import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildManifest, EMPTY_CONFIG, pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attachReferrer } from "../../lib/controls/attach-referrer.ts";
import { attest } from "../../lib/controls/attest.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { auditNight, watch, watchList } from "./night.ts";

const [key, stranger] = [newKeyPair(), newKeyPair()];
const server = startDynamodb();
const STORES: Readonly<Record<string, () => Promise<HistoryStore>>> = {
  SQLite: async () => openSqliteHistory(":memory:"),
  ...(HAS_DYNAMODB && { DynamoDB: async () => server.open(await server.createTable()) }),
};

describe.each(Object.entries(STORES))("signature manifests in %s", (_name, open) => {
  let registry: ControlRegistry;
  let store: HistoryStore;
  let saved: Digest[];
  beforeEach(async () => {
    registry = await startRegistry({ referrersApi: true });
    const own = await open();
    saved = [];
    store = Object.assign(Object.create(own) as HistoryStore, {
      saveEvidence: (evidence: ReadonlyMap<Digest, Uint8Array>) => {
        saved.push(...evidence.keys());
        return own.saveEvidence(evidence);
      },
    });
  });
  afterEach(() => Promise.all([registry.close(), store.close()]));

  const audit = (n: number) => auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, n);
  function push(tag: string): Artifact {
    const image = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", image, tag);
    return image;
  }

  it("are kept as the registry sent them, whoever signed, and with no request more than verdicts need", async () => {
    const signatures = [
      signSimple(registry, "app", push("1.0.0"), key),
      signBundle(registry, "app", push("1.1.0"), key),
      signSimple(registry, "app", push("1.2.0"), stranger),
      attest(registry, "app", push("1.3.0"), key),
    ];
    await audit(0);
    for (const { digest, bytes } of signatures) expect(await store.loadEvidence(digest)).toEqual(new Uint8Array(bytes));
    const fetched = registry.requests.entries().filter(({ method, path }) => method === "GET" && path.includes("/manifests/"));
    for (const { digest } of signatures) expect(fetched.filter(({ path }) => path.endsWith(digest)).length).toBeLessThanOrEqual(1);
  });

  it("are kept once: a night that changes nothing keeps nothing", async () => {
    const { digest } = signSimple(registry, "app", push("1.0.0"), key);
    await audit(0);
    expect(saved.filter((one) => one === digest)).toHaveLength(1);
    saved.length = 0;
    for (const n of [1, 2, 15]) await audit(n);
    expect(saved).toEqual([]);
  });

  it("are not those of images and of what is no signature", async () => {
    const image = push("1.0.0");
    signSimple(registry, "app", image, key);
    const layers = [{ mediaType: "application/spdx+json", bytes: Buffer.from("{}") }];
    const sbom = buildManifest({ config: EMPTY_CONFIG, layers, subject: image, artifactType: "application/spdx+json" });
    attachReferrer(registry, "app", image, sbom);
    await audit(0);
    expect([await store.loadEvidence(image.digest), await store.loadEvidence(sbom.digest)]).toEqual([null, null]);
  });
});
