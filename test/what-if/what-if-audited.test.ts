import { copyFileSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodeOf, type FailOn } from "../../lib/audit/exit-code.ts";
import { judgeWhatIf } from "../../lib/what-if/judge-what-if.ts";
import { askWhatIf } from "../../lib/what-if/what-if.ts";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attest } from "../../lib/controls/attest.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { newKeyPair, type KeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { parseRepository, type Repository } from "../../lib/oci/reference.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { Exemption, Policy, Signer, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { auditNight, nightAt, watch, watchList } from "../audit/night.ts";

const [key, other] = [newKeyPair(), newKeyPair()];
/** Nights of the history; the next one asks both. */
const NIGHTS = 3;
let registry: ControlRegistry;
let folder: string;
let path: string;

function push(repository: string, tag: string, image = buildImage({ seed: tag })): Artifact {
  pushArtifact(registry.store, repository, image, tag);
  return image;
}

function repositoryOf(name: string): Repository {
  const parsed = parseRepository(`${registry.host}/${name}`);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.repository;
}

/** Signatures of every kind, an image in parts, tags that move and go, and a release that came later. */
async function makeHistory(): Promise<void> {
  signSimple(registry, "app", push("app", "1.0.0"), key);
  signSimple(registry, "app", push("app", "1.1.0"), key, { annotations: { team: "core" } });
  const both = push("app", "1.2.0");
  signSimple(registry, "app", both, key);
  signBundle(registry, "app", both, other);
  signSimple(registry, "app", push("app", "1.3.0"), other);
  push("app", "1.4.0");
  attest(registry, "app", push("app", "1.5.0"), key);
  const proven = push("app", "1.6.0");
  signSimple(registry, "app", proven, key);
  attest(registry, "app", proven, key);
  signSimple(registry, "app", push("app", "1.7.0"), key, { names: proven.digest });
  push("app", "latest", proven);
  push("app", "nightly", buildImage({ seed: "nightly" }));
  const parts = ["amd64", "arm64"].map((architecture) => buildImage({ seed: "parts", platform: { os: "linux", architecture } }));
  const index = push("app", "2.0.0", buildIndex(parts));
  signSimple(registry, "app", parts[0]!, key);
  signSimple(registry, "app", push("app", "2.1.0", buildIndex([parts[0]!])), key);
  expect(index.children).toHaveLength(2);
  for (let n = 0; n < NIGHTS; n++) {
    if (n === 1) push("app", "1.8.0");
    if (n === 2) signSimple(registry, "app", push("app", "1.9.0"), key);
    // An alert that stays open, and one that nobody needs to hear again.
    if (n === 2) push("app", "1.10.0");
    if (n === 2) registry.store.untag("app", "nightly");
    await audit(present(), path, n);
  }
}

async function audit(list: WatchList, history: string, n: number) {
  const store = openSqliteHistory(history);
  const { document } = await auditNight(list, store, n);
  await store.close();
  return document;
}

const FAIL_ON: readonly FailOn[] = ["unknown", "unsigned", "regression", "never"];

beforeAll(async () => {
  registry = await startRegistry({ referrersApi: true });
  folder = mkdtempSync(join(tmpdir(), "sealwatch-what-if-"));
  path = join(folder, "history.db");
  await makeHistory();
});
afterAll(() => Promise.all([registry.close(), rm(folder, { recursive: true })]));

const signer = (name: string, { pem }: KeyPair, until: number | null = null): Signer => ({
  kind: "key",
  name,
  pem,
  source: `${name}.pub`,
  until,
});
const exempt = (tags: readonly string[], changes: Partial<Exemption> = {}): Exemption => ({
  repository: `${registry.host}/app`,
  tags,
  reason: "EOL",
  owner: "platform",
  ticket: null,
  until: nightAt(30),
  ...changes,
});
const NEVER: Exemption["tags"] = ["1.8.*"];

interface Change {
  readonly policy?: Partial<Policy>;
  readonly entry?: Partial<WatchedRepository>;
  readonly exemptions?: readonly Exemption[];
  readonly more?: () => WatchedRepository[];
}

function listOf({ policy, entry, exemptions, more }: Change): WatchList {
  const base = watch(`${registry.host}/app`, key.pem, entry);
  const list = watchList({ ...base, policy: { ...base.policy, ...policy } }, ...(more?.() ?? []));
  return { ...list, exemptions: exemptions ?? [exempt(NEVER)] };
}

function present(): WatchList {
  return listOf({});
}

const TAGS = { include: null, exclude: [], semver: null, newest: null, moving: null };
const provenance = { predicate: "slsa-provenance", builder: null, source: null };

const CHANGES: Readonly<Record<string, () => Change>> = {
  "the same": () => ({}),
  "another key": () => ({ policy: { signers: [signer("other", other)] } }),
  "a second key": () => ({ policy: { signers: [signer("release", key), signer("other", other)] } }),
  "two signers of two": () => ({ policy: { signers: [signer("release", key), signer("other", other)], threshold: 2 } }),
  "the same key twice, and both wanted": () => ({ policy: { signers: [signer("release", key), signer("again", key)], threshold: 2 } }),
  "a key that counted up to the second night": () => ({ policy: { signers: [signer("release", key, nightAt(1) + 1)] } }),
  "a key of a key service": () => ({ policy: { signers: [{ ...signer("kms", key), pem: null } as Signer] } }),
  "a signer that is not built": () => ({
    policy: { signers: [{ kind: "gpg", name: "ops", pem: "x", source: "ops.asc", until: null } as unknown as Signer] },
  }),
  nobody: () => ({ policy: { signers: [] } }),
  annotations: () => ({ policy: { annotations: { team: "core" } } }),
  "the log": () => ({ policy: { transparencyLog: "required" } }),
  "attestations instead": () => ({ policy: { accept: ["attestation"] } }),
  "attestations as well": () => ({ policy: { accept: ["signature", "attestation"] } }),
  "provenance beside": () => ({ policy: { require: [provenance] } }),
  "provenance of a builder": () => ({ policy: { require: [{ ...provenance, builder: "https://example.com/builder" }] } }),
  "provenance of another builder": () => ({ policy: { require: [{ ...provenance, builder: "https://example.org" }] } }),
  platforms: () => ({ entry: { target: "platforms" } }),
  both: () => ({ entry: { target: "both" } }),
  "a prefix": () => ({ entry: { tagPrefix: "x-" } }),
  "another repository of signatures": () => ({ entry: { signatureRepository: repositoryOf("signatures") } }),
  "a lookaside": () => ({ entry: { lookaside: "https://example.com" } }),
  "a grace period": () => ({ entry: { graceSeconds: 30 * 86_400 } }),
  "signing since": () => ({ entry: { signedSince: "1.5.0" } }),
  "fewer tags": () => ({ entry: { tags: { ...TAGS, exclude: ["1.4.*"] } } }),
  "a range": () => ({ entry: { tags: { ...TAGS, semver: ">=1.3.0" } } }),
  "the newest": () => ({ entry: { tags: { ...TAGS, newest: 3 } } }),
  "more tags": () => ({ entry: { tags: { ...TAGS, include: ["*"] } } }),
  "no moving tags": () => ({ entry: { tags: { ...TAGS, moving: [] } } }),
  "an exemption of what was there": () => ({ exemptions: [exempt(["1.4.*", "1.5.*"])] }),
  "an exemption of everything": () => ({ exemptions: [exempt(["*"])] }),
  "an exemption that ended": () => ({ exemptions: [exempt(["*"], { until: nightAt(1) })] }),
  "the same exemption with another reason": () => ({ exemptions: [exempt(NEVER, { reason: "later" })] }),
  "no exemption": () => ({ exemptions: [] }),
  "a repository more": () => ({ more: () => [watch(`${registry.host}/signatures`, key.pem)] }),
  "two entries": () => ({
    entry: { tags: { ...TAGS, semver: "<1.3.0", moving: [] } },
    more: () => [watch(`${registry.host}/app`, other.pem, { tags: { ...TAGS, semver: ">=1.3.0" } })],
  }),
};

const OWN_REASONS = /^(?:not-recorded|not-watched|damaged)$/;

describe("a what-if says of every release what an audit under the other watch list says of it the same night, or why it cannot", () => {
  it.each(Object.keys(CHANGES))("%s", async (name) => {
    const file = listOf(CHANGES[name]!());
    const copy = join(makeDirectory(), "history.db");
    copyFileSync(path, copy);
    const store = openSqliteHistory(copy);
    const said = await askWhatIf(present(), file, {
      store,
      trust: createTrustStore(new Map(), nightAt(NIGHTS)).find,
      now: nightAt(NIGHTS),
    });
    const outcome = judgeWhatIf(said, await store.findings({ live: true }));
    await store.close();
    const audited = await audit(file, copy, NIGHTS);
    const rows = new Map(said.releases.map(({ repository, tag, after }) => [`${repository}:${tag}`, after]));
    const unseen = new Set(said.unseen.map(({ repository }) => repository));
    const differences = audited.releases.flatMap(({ repository, tag, verdict, reason, exemption }) => {
      const after = rows.get(`${repository}:${tag}`);
      rows.delete(`${repository}:${tag}`);
      if (after === undefined) return unseen.has(repository) ? [] : [`${tag}: not there`];
      if (after.verdict === "unknown" && OWN_REASONS.test(after.reason ?? "")) return [];
      // Which platform or lost digest is signed was asked under the policy of then; that the release is unsigned does not hang on it.
      if (after.reason === "only-on-platform" && reason === "nothing-found") return [];
      const [one, two] = [after, { verdict, reason, exemption }].map((line) =>
        [line.verdict, line.reason, line.exemption?.reason ?? null].join(" "),
      );
      return one === two ? [] : [`${tag}: what-if ${one}, audit ${two}`];
    });
    expect([differences, [...rows.keys()]]).toEqual([[], []]);
    const isClear = said.unseen.length === 0 && said.releases.every(({ after }) => !OWN_REASONS.test(after.reason ?? ""));
    // What turns red is no regression to an audit, which tells it as a change of the policy; to whoever asks beforehand it would be one.
    const comparable = FAIL_ON.filter((failOn) => isClear && (failOn !== "regression" || said.summary.turnRed === 0));
    const codes = [outcome, audited].map((document) => comparable.map((failOn) => exitCodeOf(document, failOn, true)));
    expect(codes[0]).toEqual(codes[1]);
  });
});
