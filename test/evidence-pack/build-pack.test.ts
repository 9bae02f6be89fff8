import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { ReportModel, ReportRelease } from "../../lib/report/report-model.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { pushKeyless } from "../sigstore/push-keyless.ts";
import { ISSUER, makeSigstore } from "../sigstore/test-sigstore.ts";
import { auditNight, fixturePath, nightAt, openMemory, watch, watchList } from "../audit/night.ts";
import { auditFixtures, packOf, reportOn } from "./packed-history.ts";

let store: HistoryStore;
let model: ReportModel;
let packed: Map<string, Uint8Array>;
beforeAll(async () => {
  store = await auditFixtures();
  model = await reportOn(store, 0);
  packed = await packOf(model, store);
});
afterAll(() => store.close());

const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string => Buffer.from(files.get(name)!).toString();
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The report with only its signed releases of cosign2, each of them changed. */
function onlySigned(change: (release: ReportRelease) => ReportRelease): ReportModel {
  const repositories = model.repositories.filter(({ repository }) => repository.endsWith("/cosign2"));
  return {
    ...model,
    repositories: repositories.map((one) => ({
      ...one,
      releases: one.releases.filter(({ verdict }) => verdict === "signed").map(change),
    })),
  };
}

async function lastLineOf(changed: ReportModel): Promise<string> {
  const files = await packOf(changed, store);
  const script = textOf(files, "verify.sh");
  const checks = script.match(/^release /gm)?.length ?? 0;
  return `${checks} checked, ${/"\$failed" '(.*)'$/m.exec(script)?.[1] ?? /"\$failed" (.*)$/m.exec(script)?.[1]}`;
}

describe("an evidence pack", () => {
  it("holds each recorded thing under its own digest, and a manifest of every other file", () => {
    const lines = textOf(packed, "MANIFEST.sha256").trimEnd().split("\n");
    expect(lines).toEqual([...packed].filter(([name]) => name !== "MANIFEST.sha256").map(([name, bytes]) => `${sha256(bytes)}  ${name}`));
    const evidence = [...packed].filter(([name]) => name.startsWith("evidence/"));
    expect(evidence.length).toBeGreaterThan(60);
    for (const [name, bytes] of evidence) expect(name).toBe(`evidence/sha256/${sha256(bytes)}`);
  });

  it("holds the evidence of releases that are not signed by whom the policy names, too", () => {
    const stranger = "evidence/sha256/d51494569dc0c80bceaf4f57a9e36be187fb5ce52300c8f849a6132cd316e48c";
    expect(textOf(packed, stranger)).toContain("sha256:85e0e3154450ff45ba84bc4b2d59560e00e1f20f82222474fa3de03a6cd4b419");
  });

  it("holds the key that the verdicts were given by", () => {
    const keys = [...packed.keys()].filter((name) => name.startsWith("keys/"));
    expect(keys.map((name) => textOf(packed, name))).toEqual([readFileSync(fixturePath("keys/release.pub"), "utf8")]);
  });

  it("is the same, byte for byte, each time", async () => {
    expect(await packOf(model, store)).toEqual(packed);
  });

  it("is the same after nights that saw other things, for what was known before them", async () => {
    const pair = newKeyPair();
    const registry = await startRegistry({ referrersApi: true });
    const own = openMemory();
    const list = watchList(watch(`${registry.host}/app`, pair.pem));
    const image = buildImage({ seed: "image" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    signSimple(registry, "app", image, pair);
    await auditNight(list, own, 0);
    const then = await packOf(await reportOn(own, 0), own);
    signSimple(registry, "app", image, newKeyPair());
    await auditNight(list, own, 1);
    pushArtifact(registry.store, "app", buildImage({ seed: "another" }), "1.0.0");
    await auditNight(list, own, 2);
    const [still, now] = [await packOf(await reportOn(own, 0), own), await packOf(await reportOn(own, 2), own)];
    await Promise.all([registry.close(), own.close()]);
    expect(still).toEqual(then);
    expect(textOf(then, "verify.sh")).toMatch(/^release \S+app:1\.0\.0 /m);
    expect(textOf(now, "verify.sh")).toMatch(/^skip \S+app:1\.0\.0 \S+ unsigned$/m);
  });

  it("keeps apart the keys that one signer had at different times", async () => {
    const [former, present] = [newKeyPair(), newKeyPair()];
    const registry = await startRegistry({ referrersApi: true });
    const own = openMemory();
    for (const [night, pair] of [former, present].entries()) {
      const image = buildImage({ seed: String(night) });
      pushArtifact(registry.store, "app", image, `1.0.${night}`);
      signSimple(registry, "app", image, pair);
      await auditNight(watchList(watch(`${registry.host}/app`, pair.pem)), own, night);
    }
    const releases = (await reportOn(own, 0)).repositories[0]!.releases;
    const later = await reportOn(own, 1);
    const files = await packOf(
      { ...later, repositories: [{ ...later.repositories[0]!, releases: [...releases, ...later.repositories[0]!.releases] }] },
      own,
    );
    await Promise.all([registry.close(), own.close()]);
    const keys = [...files].filter(([name]) => name.startsWith("keys/"));
    expect(keys.map(([, bytes]) => Buffer.from(bytes).toString().trim())).toEqual([former, present].map(({ pem }) => pem.trim()));
    expect(keys[1]![0]).toBe(keys[0]![0].replace(".pub", "-2.pub"));
  });
});

describe("of keyless signatures a pack", () => {
  it("holds bundles and roots, for whoever has means to check them", async () => {
    const sigstore = makeSigstore();
    const registry = await startRegistry({ referrersApi: true });
    const own = openMemory();
    const image = buildImage({ seed: "keyless" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    pushKeyless(registry, "app", image, sigstore, { subject: "me@acme.example", form: "bundle" });
    const common = {
      kind: "keyless",
      until: null,
      subject: "me@acme.example",
      subjectPattern: null,
      github: null,
      issuer: ISSUER,
    } as const;
    const signers = [
      { ...common, name: "fulcio", trustedRoot: "public-good" },
      { ...common, name: "own fulcio", trustedRoot: sigstore.trustedRoot },
    ];
    const watched = watch(`${registry.host}/app`, "");
    const trust = createTrustStore(
      new Map([["public-good", { text: sigstore.trustedRoot, usableUntil: Number.POSITIVE_INFINITY }]]),
      nightAt(0),
    );
    await auditNight(watchList({ ...watched, policy: { ...watched.policy, name: "acme", signers } }), own, 0, {
      trust,
    });
    const files = await packOf(await reportOn(own, 0), own);
    await Promise.all([registry.close(), own.close()]);
    for (const name of ["roots/public-good.json", "roots/acme-own_fulcio.json"])
      expect(textOf(files, name).trim()).toBe(sigstore.trustedRoot.trim());
    expect(textOf(files, "verify.sh")).toMatch(/^skip \S+ sha256:\w+ keyless$/m);
    const bundles = [...files].filter(([name, bytes]) => name.startsWith("evidence/") && Buffer.from(bytes).includes("sigstore.bundle"));
    expect(bundles.length).toBeGreaterThan(0);
  });
});

describe("what a pack does not check, it counts by its reason", () => {
  it("checks what keys signed", async () => {
    expect(await lastLineOf(onlySigned((release) => release))).toBe("4 checked, 0 not checked");
  });

  it("leaves out what only an identity signed, and checks what a key signed as well where one signer is enough", async () => {
    const keyless = onlySigned((release) => ({ ...release, signers: release.signers.map((signer) => ({ ...signer, kind: "keyless" })) }));
    expect(await lastLineOf(keyless)).toBe("0 checked, 4 not checked (keyless: 4)");
    const both = onlySigned((release) => ({
      ...release,
      signers: [...release.signers, ...release.signers.map((signer) => ({ ...signer, kind: "keyless" as const, signer: "workflow" }))],
    }));
    expect(await lastLineOf(both)).toBe("4 checked, 0 not checked");
  });

  it("finds the facts of a history that named them with the present state only", async () => {
    const older = onlySigned((release) => ({ ...release, basis: { ...release.basis, facts: null } }));
    expect(await lastLineOf(older)).toBe("4 checked, 0 not checked");
    const moved = onlySigned((release) => ({ ...release, digest: `sha256:${"0".repeat(64)}`, basis: { ...release.basis, facts: null } }));
    expect(await lastLineOf(moved)).toBe("0 checked, 4 not checked (not recorded: 4)");
  });
});
