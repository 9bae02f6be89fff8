import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signBundle } from "../../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { cosignTag, referrersTag } from "../../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../../lib/watchlist/watch-list.ts";
import { newSettings } from "../../registry/open-clients.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "../night.ts";

const RELEASES = 40;
const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
let images: Artifact[];

/** How the releases are signed. The registry's own list shows each of these ways. */
const WAYS = {
  "tags of cosign": (image: Artifact) => void signSimple(registry, "app", image, key),
  "the referrers API": (image: Artifact) => void signBundle(registry, "app", image, key),
  "fallback tags": (image: Artifact) => void signBundle(registry, "app", image, key),
} as const;

function toldOf({ told }: Night): string[] {
  return told.flatMap(({ entry, finding }) => (finding ? [`${entry.kind} ${finding.cause} ${finding.tag}`] : []));
}

async function playNight(n: number, more: Partial<WatchList["repositories"][number]> = {}): Promise<Night> {
  registry.requests.clear();
  return auditNight({ ...list, repositories: list.repositories.map((watched) => ({ ...watched, ...more })) }, store, n);
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])("a registry whose own list shows all manifests, with signatures in %s", (way) => {
  beforeEach(async () => {
    registry = await startRegistry({ referrersApi: way === "the referrers API", manifestMap: true });
    store = openMemory();
    list = watchList(watch(`${registry.host}/app`, key.pem));
    images = Array.from({ length: RELEASES }, (_, at) => {
      const image = buildImage({ seed: `${at}` });
      pushArtifact(registry.store, "app", image, `1.${at}.0`);
      WAYS[way](image);
      return image;
    });
    registry.store.tag("app", "latest", images.at(-1)!.digest);
    await playNight(0);
  });
  afterEach(() => Promise.all([registry.close(), store.close()]));

  it.each([{ kind: "nightly" }, { kind: "rolling", nights: 14 }] as const)(
    "is asked for its list only on an unchanged night ($kind)",
    async (recheck) => {
      // Another recheck is told the night that it appears.
      await playNight(1, { recheck });
      const night = await playNight(2, { recheck });
      expect(night.document.summary).toMatchObject({ releases: RELEASES + 1, signed: RELEASES + 1 });
      expect(toldOf(night)).toEqual([]);
      expect(registry.requests.entries().map(({ path }) => path)).toEqual(["/v2/app/tags/list?n=1000"]);
    },
  );

  it("asks every release in full on one night in fourteen, once for all", async () => {
    const full: number[] = [];
    for (let n = 1; n <= 28; n++) {
      await playNight(n);
      if (registry.requests.entries().length > RELEASES) full.push(n);
    }
    expect(full).toHaveLength(2);
    expect(full[1]! - full[0]!).toBe(14);
    expect(full[0]!).toBeGreaterThanOrEqual(7);
  });

  it("tells a deleted signature and a moved tag that night", async () => {
    const image = images[3]!;
    if (way === "tags of cosign") registry.store.deleteManifest("app", registry.store.digestOfTag("app", cosignTag(image.digest, ".sig"))!);
    else if (way === "fallback tags") registry.store.untag("app", referrersTag(image.digest));
    else
      for (const one of registry.store.repository("app")!.manifests.values())
        if (one.subject === image.digest) registry.store.deleteManifest("app", one.digest);
    registry.store.tag("app", "1.7.0", images[5]!.digest);
    const night = await playNight(1);
    const lost = way === "fallback tags" ? "signature-detached" : "signature-deleted";
    expect(toldOf(night).toSorted()).toEqual([`opened ${lost} 1.3.0`, "opened tag-rolled-back 1.7.0"]);
    expect(registry.requests.entries().length).toBeLessThan(20);
  });

  it("keeps the verdict of a release that the list shows, if a budget does not reach it on a night in full", async () => {
    const settings = new Map([[registry.host, newSettings(registry.host, { budget: { requests: 20, seconds: 21_600 }, retries: 0 })]]);
    for (let n = 1; n <= 14; n++) {
      const { document } = await auditNight(list, store, n, { registries: { settings } });
      expect(document.summary).toMatchObject({ releases: RELEASES + 1, signed: RELEASES + 1 });
    }
  });

  it("is unknown if the list fails, whatever it showed before", async () => {
    registry.setFault({ when: { kind: "tags" }, fault: "503" });
    expect(verdictsOf(await playNight(1)).every((verdict) => verdict.includes("unknown"))).toBe(true);
  });
});
