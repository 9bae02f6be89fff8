import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askWhatIf } from "../../lib/what-if/what-if.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { attest } from "../../lib/controls/attest.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNight, nightAt, openMemory, verdictsOf, watch, watchList } from "../audit/night.ts";

const [key, other] = [newKeyPair(), newKeyPair()];
const image = buildImage({ seed: "release" });
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  pushArtifact(registry.store, "app", image, "1.0.0");
});
afterEach(() => Promise.all([registry.close(), store.close()]));

const listOf = (pem: string): WatchList => watchList(watch(`${registry.host}/app`, pem));

/** What the evidence of all nights up to the n-th says of the release under another watch list, and what an audit of that night says. */
async function sayBoth(present: WatchList, file: WatchList, n: number): Promise<[whatIf: string[], audited: string[]]> {
  const trust = createTrustStore(new Map(), nightAt(n)).find;
  const { releases } = await askWhatIf(present, file, { store, trust, now: nightAt(n) });
  const said = releases.map(({ tag, after }) => `${tag} ${after.verdict}${after.reason === null ? "" : `/${after.reason}`}`);
  const own = openMemory();
  const night = await auditNight(file, own, n);
  await own.close();
  return [said, verdictsOf(night)];
}

describe("what was recorded of a release that stayed signed", () => {
  it("holds a signature that came beside the one that counts", async () => {
    signSimple(registry, "app", image, key);
    await auditNight(listOf(key.pem), store, 0);
    signBundle(registry, "app", image, other);
    await auditNight(listOf(key.pem), store, 1);
    const [said, audited] = await sayBoth(listOf(key.pem), listOf(other.pem), 1);
    expect([said, audited]).toEqual([["1.0.0 signed"], ["1.0.0 signed"]]);
  });

  it("does not hold a signature any more that is gone from beside it", async () => {
    signSimple(registry, "app", image, key);
    const beside = signBundle(registry, "app", image, other);
    await auditNight(listOf(key.pem), store, 0);
    registry.store.deleteManifest("app", beside.digest);
    await auditNight(listOf(key.pem), store, 1);
    const [said, audited] = await sayBoth(listOf(key.pem), listOf(other.pem), 1);
    expect([said, audited]).toEqual([["1.0.0 untrusted/unexpected-signer"], ["1.0.0 untrusted/unexpected-signer"]]);
  });

  it("does not hold an attestation any more that is gone", async () => {
    signSimple(registry, "app", image, key);
    const beside = attest(registry, "app", image, other);
    const accepting = (pem: string): WatchList => {
      const entry = watch(`${registry.host}/app`, pem);
      return watchList({ ...entry, policy: { ...entry.policy, accept: ["signature", "attestation"] } });
    };
    await auditNight(accepting(key.pem), store, 0);
    expect(await sayBoth(accepting(key.pem), accepting(other.pem), 0)).toEqual([["1.0.0 signed"], ["1.0.0 signed"]]);
    registry.store.deleteManifest("app", beside.digest);
    await auditNight(accepting(key.pem), store, 1);
    const [said, audited] = await sayBoth(accepting(key.pem), accepting(other.pem), 1);
    expect(said).toEqual(audited);
  });
});

describe("what is recorded of a release that is not watched any more", () => {
  const nothing: WatchList = watchList();
  const others = (pem: string): WatchList => {
    const tags = { include: null, exclude: ["1.0.*"], semver: null, newest: null, moving: null };
    return watchList(watch(`${registry.host}/app`, pem, { tags }));
  };

  it.each([
    ["with its repository", () => nothing],
    ["by its tag", () => others(key.pem)],
  ])("is unknown where it was dropped %s, whatever it was then", async (_, later) => {
    const signature = signSimple(registry, "app", image, key);
    await auditNight(listOf(key.pem), store, 0);
    await auditNight(later(), store, 1);
    registry.store.deleteManifest("app", signature.digest);
    await auditNight(later(), store, 2);
    for (const present of [later(), listOf(key.pem)]) {
      const [said, audited] = await sayBoth(present, listOf(key.pem), 3);
      expect([said, audited]).toEqual([["1.0.0 unknown/not-watched"], ["1.0.0 unsigned/nothing-found"]]);
    }
  });

  it("does not turn green by an exemption, which may not cover what it is now", async () => {
    signSimple(registry, "app", image, key);
    await auditNight(listOf(key.pem), store, 0);
    await auditNight(nothing, store, 1);
    const until = nightAt(30);
    const exemption = { repository: `${registry.host}/app`, tags: ["*"], reason: "EOL", owner: "platform", ticket: null, until };
    const judge = { store, trust: createTrustStore(new Map(), nightAt(2)).find, now: nightAt(2) };
    const said = await askWhatIf(nothing, { ...listOf(key.pem), exemptions: [exemption] }, judge);
    expect(said.releases.map(({ after }) => [after.verdict, after.colour])).toEqual([["unknown", "unclear"]]);
    expect(said.summary).toMatchObject({ turnGreen: 0, unclear: 1 });
  });

  it("counts again where an audit of its repository alone looked at it since", async () => {
    signSimple(registry, "app", image, key);
    await auditNight(listOf(key.pem), store, 0);
    await auditNight(nothing, store, 1);
    await auditNight(listOf(key.pem), store, 2, { only: [`${registry.host}/app`] });
    expect(await sayBoth(listOf(key.pem), listOf(key.pem), 3)).toEqual([["1.0.0 signed"], ["1.0.0 signed"]]);
  });
});
