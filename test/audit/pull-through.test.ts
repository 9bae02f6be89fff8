import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair, type KeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import type { WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { DOORS } from "./doors.ts";
import { openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const [key, stranger] = [newKeyPair(), newKeyPair()];
let registry: ControlRegistry;
let store: HistoryStore;

function push(tag: string, ...signers: readonly KeyPair[]): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  for (const signer of signers) signSimple(registry, "app", image, signer);
  return image;
}

function listOf(changes: Partial<WatchedRepository> = {}): WatchList {
  return watchList(watch(`${registry.host}/app`, key.pem, changes));
}

/** What is not signed, as both doors show it. */
function doubtsOf(night: Night): string[] {
  return verdictsOf(night).filter((line) => !line.endsWith(" signed"));
}

function toldOf({ told }: Night): string[] {
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
}

function endOf({ document, exitCode }: Night): string {
  return `${document.run.complete ? "complete" : "incomplete"} ${exitCode}`;
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: false });
  store = openMemory();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe.each(["one process", "calls"] as const)("a cache of another registry, audited in %s", (name) => {
  const audit = (n: number, list: WatchList = listOf()): Promise<Night> => DOORS[name]()(list, store, n, { caches: [registry.host] });

  it("shows what is signed, and of nothing that it is unsigned", async () => {
    push("1.0.0", key);
    push("1.0.1");
    const night = await audit(0);
    expect(night.document.summary).toMatchObject({ signed: 1, unknown: 1, unsigned: 0 });
    expect(doubtsOf(night)).toEqual(["1.0.1 unknown/pull-through"]);
    expect(night.document.releases.find(({ tag }) => tag === "1.0.1")?.explanation).toContain(
      `${registry.host}/app is a cache of another registry`,
    );
    expect(endOf(night)).toBe("incomplete 3");
    expect(toldOf(night)).toEqual(["baseline - -"]);
  });

  it("tells no loss while its upstream may be down: no signature, no release, no tag", async () => {
    const image = push("1.0.0", key);
    push("1.0.1", key);
    await audit(0);
    const tag = cosignTag(image.digest, ".sig");
    registry.store.deleteManifest("app", registry.store.digestOfTag("app", tag)!);
    registry.store.untag("app", "1.0.1");
    for (const night of [await audit(1), await audit(2)]) {
      expect(doubtsOf(night)).toEqual(["1.0.0 unknown/pull-through", "1.0.1 unknown/pull-through"]);
      expect([toldOf(night), endOf(night)]).toEqual([[], "incomplete 3"]);
    }
    registry.store.tag("app", "1.0.1", push("1.0.1", key).digest);
    push("1.0.0", key);
    const back = await audit(3);
    expect([doubtsOf(back), toldOf(back), endOf(back)]).toEqual([[], [], "complete 0"]);
  });

  it("tells a stranger's signature, which is there, but not what a signed release lacks", async () => {
    push("1.0.0", key);
    push("1.0.1", key);
    await audit(0);
    push("1.0.2", stranger);
    const told = await audit(1);
    expect([doubtsOf(told), toldOf(told)]).toEqual([["1.0.2 untrusted/unexpected-signer"], ["opened unexpected-signer 1.0.2"]]);
    const [first] = listOf().repositories;
    const twice = {
      ...first!,
      policy: {
        ...first!.policy,
        threshold: 2,
        signers: [...first!.policy.signers, { ...first!.policy.signers[0]!, name: "other", pem: newKeyPair().pem }],
      },
    } as WatchedRepository;
    expect(doubtsOf(await audit(2, watchList(twice)))).toContain("1.0.0 unknown/pull-through");
  });

  it("does not believe that a signature was replaced by a stranger's", async () => {
    const image = push("1.0.0", key);
    await audit(0);
    registry.store.untag("app", cosignTag(image.digest, ".sig"));
    signSimple(registry, "app", image, stranger);
    const night = await audit(1);
    expect([doubtsOf(night), toldOf(night)]).toEqual([["1.0.0 unknown/pull-through"], []]);
  });

  it("proves nothing either as the repository of signatures", async () => {
    const other = await startRegistry({ referrersApi: false });
    const elsewhere = parseRepository(`${registry.host}/signatures`);
    if (elsewhere.kind === "malformed") throw new Error(elsewhere.detail);
    pushArtifact(other.store, "app", buildImage({ seed: "1.0.0" }), "1.0.0");
    signSimple(registry, "signatures", buildImage({ seed: "another" }), key);
    const list = watchList(watch(`${other.host}/app`, key.pem, { signatureRepository: elsewhere.repository }));
    expect(doubtsOf(await audit(0, list))).toEqual(["1.0.0 unknown/pull-through"]);
    await other.close();
  });

  it("has grace as elsewhere", async () => {
    push("1.0.0", key);
    await audit(0);
    push("1.0.1");
    const list = listOf({ graceSeconds: 36 * 3600 });
    expect(doubtsOf(await audit(1, list))).toEqual(["1.0.1 pending/within-grace"]);
    expect(doubtsOf(await audit(3, list))).toEqual(["1.0.1 unknown/pull-through"]);
  });
});
