import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { DOORS } from "./doors.ts";
import { openMemory, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;

function release(tag: string): void {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  signSimple(registry, "app", image, key);
}

function remove(...tags: readonly string[]): void {
  for (const tag of tags) registry.store.untag("app", tag);
}

/** `complete 0`, `incomplete 3`: what the run says of itself, and its exit code. */
function endOf({ document, exitCode }: Night): string {
  return `${document.run.complete ? "complete" : "incomplete"} ${exitCode}`;
}

beforeEach(async () => {
  registry = await startRegistry();
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe.each(["one process", "calls"] as const)("a list that answers without any known release, audited in %s", (name) => {
  it("makes the night incomplete, and so is each night until they are back", async () => {
    const audit = DOORS[name]();
    const tags = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"];
    tags.forEach(release);
    expect(endOf(await audit(list, store, 0))).toBe("complete 0");
    remove(...tags);
    const [first, second] = [await audit(list, store, 1), await audit(list, store, 2)];
    expect([first, second].map(endOf)).toEqual(["incomplete 3", "incomplete 3"]);
    expect(second.document.findings.map(({ cause }) => cause)).toEqual(["coverage-lost"]);
    const [, , last] = (await store.runs({ limit: 3 })).toReversed();
    expect(last!.coverage[0]).toMatchObject({ listed: true, emptied: true });
    tags.forEach(release);
    expect(endOf(await audit(list, store, 3))).toBe("complete 0");
  });

  it("is none if one of them is there, if a repository never had one, or if another repository is as it was", async () => {
    const audit = DOORS[name]();
    ["1.0.0", "1.0.1"].forEach(release);
    const wider = watchList(...list.repositories, watch(`${registry.host}/empty`, key.pem));
    registry.store.createRepository("empty");
    await audit(wider, store, 0);
    remove("1.0.0");
    // The empty repository is watched in name only, which is a finding of its own and no loss.
    expect(endOf(await audit(wider, store, 1))).toBe("complete 3");
  });
});
