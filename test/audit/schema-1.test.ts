import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchedRepository } from "../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList } from "./night.ts";

const key = newKeyPair();
const SCHEMA_1 = JSON.stringify({ schemaVersion: 1, name: "app", tag: "1.0.0", fsLayers: [], history: [] });
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  registry = await startRegistry();
  store = openMemory();
  const image = buildImage({ seed: "2.0.0" });
  pushArtifact(registry.store, "app", image, "2.0.0");
  signSimple(registry, "app", image, key);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe.each(["index", "platforms", "both"] satisfies WatchedRepository["target"][])("a schema 1 manifest, judged by %s", (target) => {
  it.each([
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
    "text/plain",
  ])("under the label %s is unsigned, says why, and costs no coverage", async (label) => {
    registry.store.putManifest("app", SCHEMA_1, label, "1.0.0");
    for (let n = 0; n < 4; n++) {
      const night = await auditNight(watchList(watch(`${registry.host}/app`, key.pem, { target })), store, n);
      expect(verdictsOf(night)).toEqual(["1.0.0 unsigned/nothing-found", "2.0.0 signed"]);
      expect(night.document.releases[0]?.explanation).toContain("schema 1");
      expect(night.document.run.complete).toBe(true);
      expect(night.document.findings).toEqual([]);
    }
  });
});
