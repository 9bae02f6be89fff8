import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askWhatIf, type WhatIfDocument } from "../../lib/what-if/what-if.ts";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attest } from "../../lib/controls/attest.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair, type KeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { Exemption, KeylessSigner, Policy, Signer, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { pushKeyless } from "../sigstore/push-keyless.ts";
import { ISSUER, makeSigstore } from "../sigstore/test-sigstore.ts";
import { auditNight, nightAt, openMemory, verdictsOf, watch, watchList } from "../audit/night.ts";

const [key, other] = [newKeyPair(), newKeyPair()];
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

const keySigner = (name: string, { pem }: KeyPair): Signer => ({ kind: "key", name, pem, source: `${name}.pub`, until: null });
const entry = (policy: Partial<Policy> = {}, changes: Partial<WatchedRepository> = {}): WatchedRepository => {
  const base = watch(`${registry.host}/app`, key.pem, changes);
  return { ...base, policy: { ...base.policy, ...policy } };
};
const listOf = (policy: Partial<Policy> = {}, changes: Partial<WatchedRepository> = {}): WatchList => watchList(entry(policy, changes));

function push(tag: string, seed = tag): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

/** By our key in both forms, by both keys, by another key, by nobody. */
function pushScene(): void {
  signSimple(registry, "app", push("1.0.0"), key);
  signBundle(registry, "app", push("1.1.0"), key);
  const both = push("1.2.0");
  signSimple(registry, "app", both, key);
  signBundle(registry, "app", both, other);
  signSimple(registry, "app", push("1.3.0"), other);
  push("1.4.0");
}

/** A busy machine must not look like a place that cannot be read. */
const ask = (present: WatchList, file: WatchList, n = 1): Promise<WhatIfDocument> =>
  askWhatIf(present, file, { store, trust: createTrustStore(new Map(), nightAt(n)).find, now: nightAt(n) });
const verdicts = ({ releases }: WhatIfDocument): string[] =>
  releases.map(({ tag, after }) => `${tag} ${after.verdict}${after.reason === null ? "" : `/${after.reason}`}`);
const turns = ({ releases }: WhatIfDocument): string[] =>
  releases.flatMap(({ tag, before, after }) => (before.colour === after.colour ? [] : [`${tag} ${after.colour}`]));
/** What an audit under the other watch list says of the same registry. */
const audited = async (file: WatchList): Promise<string[]> => {
  const own = openMemory();
  const night = await auditNight(file, own, 0);
  await own.close();
  return verdictsOf(night).map((line) => line.replace(" (exempt)", ""));
};

describe("another watch list, judged from what was recorded", () => {
  const both = (): Partial<Policy> => ({ signers: [keySigner("release", key), keySigner("other", other)] });

  it.each<[string, () => Partial<Policy>, readonly string[]]>([
    ["the same policy", () => ({}), []],
    ["another key", () => ({ signers: [keySigner("other", other)] }), ["1.0.0 red", "1.1.0 red", "1.3.0 green"]],
    ["a second key beside", both, ["1.3.0 green"]],
    ["a threshold", () => ({ ...both(), threshold: 2 }), ["1.0.0 red", "1.1.0 red"]],
    ["a log that is required", () => ({ transparencyLog: "required" }), ["1.0.0 red", "1.1.0 red", "1.2.0 red"]],
    ["annotations that nobody signed", () => ({ annotations: { team: "core" } }), ["1.0.0 red", "1.1.0 red", "1.2.0 red"]],
    [
      "a key whose time has ended",
      () => ({ signers: [{ ...keySigner("release", key), until: 0 }] }),
      ["1.0.0 red", "1.1.0 red", "1.2.0 red"],
    ],
  ])("says the same as an audit under %s", async (_, policy, expected) => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const trust = createTrustStore(new Map(), nightAt(0));
    const said = await askWhatIf(listOf(), listOf(policy()), { store, trust: trust.find, now: nightAt(0) });
    expect(verdicts(said)).toEqual(await audited(listOf(policy())));
    expect(turns(said)).toEqual(expected);
  });

  it("asks no registry, opens no run and writes nothing", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const before = registry.requests.count();
    const written: string[] = [];
    const watched = new Proxy(store, {
      get: (target, name) => {
        if (!["loadRepository", "loadEvidence", "findings", "runs"].includes(String(name))) written.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    const judge = { store: watched, trust: createTrustStore(new Map(), nightAt(1)).find, now: nightAt(1) };
    expect((await askWhatIf(listOf(), listOf({ signers: [] }), judge)).summary).toMatchObject({ releases: 5, turnRed: 3, red: 5 });
    expect(registry.requests.count()).toBe(before);
    expect(written).toEqual([]);
  });

  it("counts an exemption for what was there, and never for an unexpected signer", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const exemption: Exemption = {
      repository: `${registry.host}/app`,
      tags: ["1.*"],
      reason: "EOL",
      owner: "platform",
      ticket: null,
      until: nightAt(30),
    };
    const said = await ask(listOf(), { ...listOf(), exemptions: [exemption] });
    expect(turns(said)).toEqual(["1.4.0 green"]);
    expect(said.releases.find(({ tag }) => tag === "1.4.0")?.after).toMatchObject({ verdict: "unsigned", exemption: { reason: "EOL" } });
    expect(said.releases.find(({ tag }) => tag === "1.3.0")?.after.exemption).toBeNull();
  });

  it("names what is not watched any more, and what nobody has looked at", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const tags = { include: null, exclude: ["1.4.*"], semver: null, newest: null, moving: null };
    const parsed = parseRepository(`${registry.host}/new`);
    const file = watchList(entry({}, { tags }), {
      ...entry(),
      repository: (parsed as { repository: WatchedRepository["repository"] }).repository,
    });
    const said = await ask(listOf(), file);
    expect(said.unwatched).toEqual([{ repository: `${registry.host}/app`, tag: "1.4.0" }]);
    expect(said.unseen).toEqual([{ repository: `${registry.host}/new`, detail: expect.stringContaining("no audit has looked") }]);
    expect((await ask(listOf(), watchList())).unwatched).toHaveLength(5);
  });

  it("says that tags which were left out until now are not known", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const tags = { include: ["*"], exclude: [], semver: null, newest: null, moving: null };
    expect((await ask(listOf(), listOf({}, { tags }))).unseen).toMatchObject([
      { detail: expect.stringContaining("selected in another way") },
    ]);
  });
});

describe("what was not recorded", () => {
  const unknown = (said: WhatIfDocument) => said.releases.filter(({ after }) => after.verdict === "unknown").map(({ tag }) => tag);

  it("is unknown where other places or targets count", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    for (const changes of [{ tagPrefix: "x-" }, { target: "platforms" }, { lookaside: "https://example.com" }] as const)
      expect(unknown(await ask(listOf(), listOf({}, changes)))).toHaveLength(5);
  });

  it("is unknown where attestations would count that nobody asked for", async () => {
    pushScene();
    attest(registry, "app", push("2.0.0"), key);
    await auditNight(listOf(), store, 0);
    const require = [{ predicate: "slsa-provenance", builder: null, source: null }];
    expect(unknown(await ask(listOf(), listOf({ require })))).toHaveLength(6);
    const accepting = await ask(listOf(), listOf({ accept: ["signature", "attestation"] }));
    expect(verdicts(accepting).filter((line) => line.endsWith("signed"))).toEqual([
      "1.0.0 signed",
      "1.1.0 signed",
      "1.2.0 signed",
      "2.0.0 signed",
    ]);
    expect(unknown(accepting)).toEqual(["1.3.0", "1.4.0"]);
  });

  it("is unknown where the last audit could not read the release", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    registry.setFault({ when: () => true, fault: "503" });
    await auditNight(listOf(), store, 1);
    const said = await ask(listOf(), listOf({ signers: [keySigner("other", other)] }), 2);
    expect(unknown(said)).toHaveLength(5);
    expect(said.summary).toMatchObject({ turnUnclear: 0, unclear: 5 });
  });

  it("is unknown of a digest that moved while nobody could look", async () => {
    signSimple(registry, "app", push("latest", "one"), key);
    await auditNight(listOf(), store, 0);
    push("latest", "two");
    registry.setFault({ when: ({ kind }) => kind === "referrers", fault: "503" });
    await auditNight(listOf(), store, 1);
    expect(verdicts(await ask(listOf(), listOf(), 2))).toEqual([expect.stringMatching(/^latest unknown\//)]);
  });

  it("is recorded by the next full look, of a history from before it was kept", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const name = `${registry.host}/app`;
    const { tags } = await store.loadRepository(name);
    const run = "2026-11-01T03:00:00Z";
    await store.openRun({ id: run, startedAt: run, partial: false });
    const older = [...tags.values()].map(({ facts: _facts, ...state }) => ({ ...state, run }));
    await store.record(name, { repository: null, tags: older });
    expect(verdicts(await ask(listOf(), listOf()))).toContain("1.0.0 unknown/not-recorded");
    await auditNight(listOf(), store, 1);
    expect(unknown(await ask(listOf(), listOf(), 2))).toEqual([]);
  });
});

describe("an unchanged night", () => {
  it("writes no more for what is recorded", async () => {
    pushScene();
    await auditNight(listOf(), store, 0);
    const name = `${registry.host}/app`;
    const versions = async () => [...(await store.loadRepository(name)).tags.values()].map(({ version }) => version);
    const before = await versions();
    for (const n of [1, 2, 15, 30]) await auditNight(listOf(), store, n);
    expect(await versions()).toEqual(before);
  });
});

describe("keyless signatures", () => {
  const sigstore = makeSigstore();
  const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/";
  const signer = (subject: string): KeylessSigner => ({
    kind: "keyless",
    name: "release",
    until: null,
    issuer: ISSUER,
    subject,
    subjectPattern: null,
    github: null,
    trustedRoot: sigstore.trustedRoot,
  });

  it("are judged by another identity, each version by its own name and a moving tag by that of its digest", async () => {
    pushKeyless(registry, "app", push("v1.0.0"), sigstore, { subject: `${WORKFLOW}v1.0.0` });
    pushKeyless(registry, "app", push("v1.1.0"), sigstore, { subject: `${WORKFLOW}v1.0.0` });
    push("latest", "v1.0.0");
    const loose = listOf({ signers: [signer(`${WORKFLOW}v1.0.0`)] });
    const bound = listOf({ signers: [signer(`${WORKFLOW}{tag}`)] });
    await auditNight(bound, store, 0);
    expect(verdicts(await ask(bound, loose))).toEqual(await audited(loose));
    expect(turns(await ask(bound, loose))).toEqual(["v1.1.0 green"]);
    const again = openMemory();
    await auditNight(loose, again, 0);
    const trust = createTrustStore(new Map(), nightAt(1)).find;
    const said = await askWhatIf(loose, bound, { store: again, trust, now: nightAt(1) });
    expect(verdicts(said)).toEqual(await audited(bound));
    expect(turns(said)).toEqual(["v1.1.0 red"]);
    await again.close();
  });
});

describe("what was too large to be kept", () => {
  const large = { predicate: { text: "x".repeat(100_000) } };
  const others = (): Partial<Policy> => ({ signers: [keySigner("other", other)] });

  it("is not guessed at under a policy that it might satisfy", async () => {
    signBundle(registry, "app", push("1.0.0"), other, large);
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["1.0.0 untrusted/unexpected-signer"]);
    expect(verdicts(await ask(listOf(), listOf(others())))).toEqual(["1.0.0 unknown/trust-missing"]);
  });

  it("changes nothing where it claims to be what the policy does not ask for", async () => {
    signBundle(registry, "app", push("1.0.0"), other, { ...large, predicateType: "https://spdx.dev/Document" });
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["1.0.0 unsigned/only-attestation"]);
    expect(verdicts(await ask(listOf(), listOf(others())))).toEqual(["1.0.0 unsigned/only-attestation"]);
  });

  it("is judged anew if a signer of the policy made it, because that is kept", async () => {
    signBundle(registry, "app", push("1.0.0"), key, large);
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["1.0.0 signed"]);
    expect(verdicts(await ask(listOf(), listOf()))).toEqual(["1.0.0 signed"]);
    expect(verdicts(await ask(listOf(), listOf(others())))).toEqual(["1.0.0 untrusted/unexpected-signer"]);
  });

  it("is judged under the policy of the night before, where the watch list changed", async () => {
    signBundle(registry, "app", push("1.0.0"), other, large);
    await auditNight(listOf(), store, 0);
    const night = await auditNight(listOf(others()), store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed"]);
    expect(night.document.findings.map(({ cause, tag }) => `${cause} ${tag ?? "-"}`).toSorted()).toEqual([
      "never-signed -",
      "policy-changed -",
    ]);
  });
});
