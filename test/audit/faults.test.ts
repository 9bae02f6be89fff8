import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultName } from "../../lib/controls/fault.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import type { RegistryRequest } from "../../lib/controls/registry-request.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import { auditNight, IMPATIENCE_SECONDS, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const FAULTS: readonly FaultName[] = [
  "401",
  "401-no-challenge",
  "403",
  "404-html",
  "404-error",
  "404-empty",
  "404-json",
  "408",
  "429",
  "429-retry-after",
  "500",
  "502-html",
  "503",
  "reset",
  "hang",
  "truncated",
  "stalled",
  "wrong-content-type",
  "200-html",
  "200-empty",
  "invalid-json",
  "other-bytes",
  "next-page-missing",
  "as-text",
  "as-json",
  "as-bytes",
  "without-type",
  "half-list",
];

const isCompanion = (request: RegistryRequest): boolean => request.reference?.startsWith("sha256-") === true;
/** Faults that end with the time-out only. */
const SILENT: ReadonlySet<FaultName> = new Set(["hang", "stalled"]);
const KINDS: Readonly<Record<string, (request: RegistryRequest) => boolean>> = {
  "the tag list": (request) => request.kind === "tags",
  "release tags": (request) => request.kind === "manifest-tag" && !isCompanion(request),
  "companion tags": (request) => request.kind === "manifest-tag" && isCompanion(request),
  "manifests by digest": (request) => request.kind === "manifest-digest",
  blobs: (request) => request.kind === "blob",
  referrers: (request) => request.kind === "referrers",
  "every request": () => true,
};

const STORAGES = ["cosign tag", "bundle by the referrers API", "bundle by the referrers tag", "OCI 1.1 referrer"] as const;
const key = newKeyPair();

/** A registry with three signed releases, stored in one way. */
async function startSigned(storage: (typeof STORAGES)[number]): Promise<ControlRegistry> {
  const registry = await startRegistry({ referrersApi: storage !== "bundle by the referrers tag" });
  for (const tag of ["1.0.0", "1.0.1", "1.1.0"]) {
    const image = buildImage({ seed: `${storage} ${tag}` });
    pushArtifact(registry.store, "app", image, tag);
    if (storage === "cosign tag") signSimple(registry, "app", image, key);
    else if (storage === "OCI 1.1 referrer") signReferrer(registry, "app", image, key);
    else signBundle(registry, "app", image, key);
  }
  return registry;
}

/** A repository that has never shown a referrer by the API: there a 404 means that there is no API. */
function isKnownException(fault: FaultName, kind: string, storage: string, isFirstNight: boolean): boolean {
  const notFound = fault.startsWith("404");
  return notFound && kind === "referrers" && isFirstNight && (storage === "bundle by the referrers API" || storage === "OCI 1.1 referrer");
}

/** A blob that the registry itself calls unknown is definitely gone. */
function isDefinitelyGone(fault: FaultName, kind: string): boolean {
  return kind === "blobs" && (fault === "404-error" || fault === "404-empty");
}

function expectNoFalseAccusation(night: Night, options: { gone: boolean }): void {
  const allowed = options.gone ? ["signed", "unknown", "untrusted"] : ["signed", "unknown"];
  expect(night.document.releases.filter((release) => !allowed.includes(release.verdict))).toEqual([]);
  if (options.gone) return;
  const alerts = night.document.findings.filter((finding) => finding.cause !== "coverage-lost");
  expect(alerts).toEqual([]);
}

/** `npm run test:long` tries every fault on every kind of request of every storage, `npm test` each fault on a few. */
const SAMPLE = process.env["SEALWATCH_TEST_ALL"] === undefined ? 16 : 1;

function sampleOf(storage: (typeof STORAGES)[number], kind: string): FaultName[] {
  const shift = STORAGES.indexOf(storage) * 2 + Object.keys(KINDS).indexOf(kind) * 3;
  return FAULTS.filter((_, at) => (at + shift) % SAMPLE === 0);
}

describe.each(STORAGES)("signed releases, stored as %s", (storage) => {
  let registry: ControlRegistry;
  beforeAll(async () => {
    registry = await startSigned(storage);
  });
  afterAll(() => registry.close());

  describe.each(Object.keys(KINDS))("with faults on %s", (kind) => {
    it.each(sampleOf(storage, kind))("are never called unsigned or untrusted because of %s", async (fault) => {
      const list = watchList(watch(`${registry.host}/app`, key.pem));
      const store = openMemory();
      const faulty = SILENT.has(fault) ? { timeoutSeconds: IMPATIENCE_SECONDS } : {};

      registry.setFault({ when: KINDS[kind]!, fault });
      const first = await auditNight(list, store, 0, faulty);
      if (!isKnownException(fault, kind, storage, true)) expectNoFalseAccusation(first, { gone: isDefinitelyGone(fault, kind) });

      registry.setFault(null);
      const healthy = openMemory();
      expect(verdictsOf(await auditNight(list, healthy, 0))).toEqual(["1.0.0 signed", "1.0.1 signed", "1.1.0 signed"]);
      registry.setFault({ when: KINDS[kind]!, fault });
      expectNoFalseAccusation(await auditNight(list, healthy, 1, faulty), { gone: isDefinitelyGone(fault, kind) });

      registry.setFault(null);
      const third = await auditNight(list, healthy, 2);
      expect(verdictsOf(third)).toEqual(["1.0.0 signed", "1.0.1 signed", "1.1.0 signed"]);
      expect(third.document.findings.filter((finding) => finding.status === "open")).toEqual([]);
      await Promise.all([store.close(), healthy.close()]);
    });
  });
});

describe("a 429 that ends within the retries", () => {
  it.each(STORAGES)("changes nothing for releases stored as %s", async (storage) => {
    const registry = await startSigned(storage);
    const store = openMemory();
    registry.setFault({ when: () => true, fault: "429", times: 2 });
    const night = await auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, 0, { retries: 4 });
    expect(verdictsOf(night)).toEqual(["1.0.0 signed", "1.0.1 signed", "1.1.0 signed"]);
    expect(night.exitCode).toBe(0);
    await Promise.all([store.close(), registry.close()]);
  });
});
