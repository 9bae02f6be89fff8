import { describe, expect, it, onTestFinished } from "vitest";
import { pushArtifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "../night.ts";

const key = newKeyPair();

/** Signed releases of several repositories, which have lost their signatures after the first night. */
async function loseEverything(repositories: readonly string[], releases: number): Promise<{ list: WatchList; store: HistoryStore }> {
  const [registry, store] = [await startRegistry({ referrersApi: true }), openMemory()];
  onTestFinished(async () => void (await Promise.all([registry.close(), store.close()])));
  const list = watchList(...repositories.map((name) => watch(`${registry.host}/${name}`, key.pem)));
  const images = repositories.flatMap((name) => pushSigned(registry, name, releases));
  await auditNight(list, store, 0);
  for (const { name, tag } of images) registry.store.untag(name, tag);
  return { list, store };
}

function pushSigned(registry: ControlRegistry, name: string, releases: number): { name: string; tag: string }[] {
  return Array.from({ length: releases }, (_, at) => {
    const image = buildImage({ seed: `${name} ${at}` });
    pushArtifact(registry.store, name, image, `1.0.${at}`);
    signSimple(registry, name, image, key);
    return { name, tag: cosignTag(image.digest, ".sig") };
  });
}

/** A store whose `nth` call (from 1) waits for something else to happen before it is made. */
function pauseAt(store: HistoryStore, nth: number, meanwhile: () => Promise<unknown>): HistoryStore {
  let calls = 0;
  return new Proxy(store, {
    get(target, name, receiver): unknown {
      const original: unknown = Reflect.get(target, name, receiver);
      if (typeof original !== "function") return original;
      return async (...parameters: unknown[]): Promise<unknown> => {
        if (++calls === nth) await meanwhile();
        return await (Reflect.apply(original, target, parameters) as Promise<unknown>);
      };
    },
  });
}

/** What two starts of one night tell together, the second of which runs as a whole in the middle of the first. */
async function tellInTwoStarts(nth: number, repositories: readonly string[], releases: number): Promise<string[]> {
  const { list, store } = await loseEverything(repositories, releases);
  let second: Night | null = null;
  const first = await auditNight(
    list,
    pauseAt(store, nth, async () => void (second = await auditNight(list, store, 1))),
    1,
  );
  const told = [...first.told, ...((second as Night | null)?.told ?? [])];
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.tag ?? JSON.stringify(entry.summary?.facts.storm)}`).toSorted();
}

/** Calls of the first start. `npm run test:long` takes each of them. */
const SCHEDULES = Array.from({ length: 60 }, (_, at) => at + 1).filter(
  (nth) => nth % 4 === 0 || process.env["SEALWATCH_TEST_ALL"] !== undefined,
);

describe("a storm in two starts of one run", () => {
  it.each(SCHEDULES)("is told once with everything in it, if the second start comes at call %i of the first", async (nth) => {
    const told = await tellInTwoStarts(nth, ["a", "b", "c"], 4);
    const storms = told.filter((line) => line.startsWith("storm"));
    expect(storms.map((line) => line.replace(/"about":"[^"]*"/, ""))).toEqual([
      'storm {,"of":12,"total":12,"real":12,"recovered":0,"unread":0}',
    ]);
    expect(told).toHaveLength(13);
  });
});
