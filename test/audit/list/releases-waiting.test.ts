import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AUDIT_LIMITS } from "../../../lib/audit/audit-limits.ts";
import { pushArtifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "../night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  [registry, store] = [await startRegistry(), openMemory()];
});
afterEach(() => Promise.all([registry.close(), store.close()]));

/** A night that takes in three new tags. */
async function play(n: number): Promise<Night> {
  const list = watchList(watch(`${registry.host}/app`, key.pem));
  return auditNight(list, store, n, { limits: { ...AUDIT_LIMITS, newTags: 3 } });
}

function push(...tags: readonly string[]): void {
  for (const tag of tags) pushArtifact(registry.store, "app", buildImage({ seed: tag }), tag);
}

function toldOf({ told }: Night): string[] {
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
}

describe("more new tags than a night takes in", () => {
  beforeEach(async () => {
    const image = buildImage({ seed: "1.0.0" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    signSimple(registry, "app", image, key);
    await play(0);
  });

  it("are told with their number and the highest of them", async () => {
    push("1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0");
    const night = await play(1);
    expect(toldOf(night)).toEqual([
      "opened release-unsigned 1.3.0",
      "opened release-unsigned 1.4.0",
      "opened release-unsigned 1.5.0",
      "opened releases-waiting -",
    ]);
    const waiting = night.told.find(({ finding }) => finding?.cause === "releases-waiting")!.finding!;
    expect(waiting.facts.explanation).toBe(
      "2 new tags are beyond what one night takes in: 1.2.0, 1.1.0; those that wait longest come first the next night",
    );
    expect(night.document.run.complete).toBe(false);
    expect(toldOf(await play(2))).toEqual([
      "opened release-unsigned 1.1.0",
      "opened release-unsigned 1.2.0",
      "recovered releases-waiting -",
    ]);
  });

  it("cannot starve one that waits, however many higher ones come each night", async () => {
    push("1.0.1", "9.0.0", "9.0.1", "9.0.2");
    expect(toldOf(await play(1))).not.toContain("opened release-unsigned 1.0.1");
    push("9.1.0", "9.1.1", "9.1.2");
    expect(toldOf(await play(2))).toContain("opened release-unsigned 1.0.1");
  });

  it("are told if they go before their turn, each night anew", async () => {
    for (let night = 1; night <= 2; night++) {
      for (let at = 0; at < 3; at++) registry.store.tag("app", `${night}0.0.${at}`, registry.store.digestOfTag("app", "1.0.0")!);
      push(`1.1.${night}`);
      await play(2 * night - 1);
      registry.store.untag("app", `1.1.${night}`);
      const told = (await play(2 * night)).told.flatMap(({ finding }) => (finding?.cause === "never-judged" ? [finding] : []));
      expect(told.map(({ tag, facts }) => [tag, facts.explanation])).toEqual([
        [null, "1 new tag that waited for the next night is gone from the registry; nobody judged what it named"],
      ]);
    }
  });

  it("are no version tags if they have leading zeros, so that they take no room", async () => {
    push("1.0.1-1", "v01.0.1", "1.00.2", "01.0.3", "1.0.04");
    const night = await play(1);
    expect(toldOf(night)).toEqual(["opened release-unsigned 1.0.1-1"]);
    expect(night.document.repositories[0]?.leftOut).toEqual({ "not-a-version": 4, companion: 1 });
  });
});
