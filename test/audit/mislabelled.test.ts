import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import type { FaultRule } from "../../lib/controls/fault.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import type { RegistryOptions } from "../../lib/controls/registry-options.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList } from "./night.ts";

const key = newKeyPair();
const TAGS = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"];

/** What a registry does that is strange and hides nothing. */
const MANNERS: Readonly<Record<string, { readonly fault?: FaultRule["fault"]; readonly options?: Partial<RegistryOptions> }>> = {
  "labels everything as text": { fault: "as-text" },
  "labels everything as JSON": { fault: "as-json" },
  "labels everything as bytes": { fault: "as-bytes" },
  "labels everything as a page": { fault: "wrong-content-type" },
  "labels nothing": { fault: "without-type" },
  "cuts its list in half": { fault: "half-list" },
  "shortens its pages and sends no links": { options: { tagsPaging: "without-link", tagsPageSize: 3 } },
};

const STORAGES: Readonly<Record<string, { readonly api: boolean; readonly sign: typeof signBundle }>> = {
  "cosign tag": { api: false, sign: (registry, repository, image) => signSimple(registry, repository, image, key) },
  "bundle by the referrers API": { api: true, sign: signBundle },
  "bundle by the referrers tag": { api: false, sign: signBundle },
  "OCI 1.1 referrer": { api: true, sign: (registry, repository, image) => signReferrer(registry, repository, image, key) },
};

let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

/** Deletes a signature with the tag that names it. */
function remove({ digest }: Artifact, signature: Artifact): void {
  for (const tag of [cosignTag(digest, ".sig"), referrersTag(digest)]) {
    const named = registry.store.digestOfTag("app", tag);
    if (named === null) continue;
    registry.store.untag("app", tag);
    registry.store.deleteManifest("app", named);
  }
  registry.store.deleteManifest("app", signature.digest);
}

/** `npm run test:long` plays every manner with every storage, `npm test` each once. */
const SAMPLE = process.env["SEALWATCH_TEST_ALL"] === undefined ? Object.keys(STORAGES).length : 1;

function sampleOf(storage: string): string[] {
  const shift = Object.keys(STORAGES).indexOf(storage);
  return Object.keys(MANNERS).filter((_, at) => (at + shift) % SAMPLE === 0);
}

describe.each(Object.keys(STORAGES))("signatures stored as %s", (storage) => {
  it.each(sampleOf(storage))("are seen, and missed once they are deleted, where a registry %s", async (manner) => {
    const { api, sign } = STORAGES[storage]!;
    const { fault, options = {} } = MANNERS[manner]!;
    registry.setOptions({ referrersApi: api, ...options });
    registry.setFault(fault === undefined ? null : { when: {}, fault });
    const pushed = TAGS.map((tag) => {
      const image = buildImage({ seed: `${storage} ${tag}` });
      pushArtifact(registry.store, "app", image, tag);
      return { image, signature: sign(registry, "app", image, key) };
    });
    const history = openMemory();
    const list = watchList(watch(`${registry.host}/app`, key.pem));
    // Companion tags come behind the releases, so half a list names only these.
    for (let n = 0; n < 2; n++) expect(verdictsOf(await auditNight(list, history, n))).toEqual(TAGS.map((tag) => `${tag} signed`));
    remove(pushed[0]!.image, pushed[0]!.signature);
    const told: string[] = [];
    for (let n = 2; n < 4; n++) {
      const { document } = await auditNight(list, history, n);
      told.push(...document.findings.map(({ cause, tag }) => `${cause} ${tag ?? "-"}`));
    }
    expect(new Set(told)).toEqual(new Set(["signature-deleted 1.0.0"]));
    await history.close();
  });
});
