import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, afterAll, expect, it } from "vitest";
import { buildImage } from "../../lib/controls/image.ts";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import type { SigningPlace } from "../../lib/controls/attach-referrer.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { DEFAULT_REGISTRY_OPTIONS } from "../../lib/controls/registry-options.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { runAudit, writeWatchList, type AuditDocument } from "./audit-command.ts";
import type { OpenedRegistry } from "./opened-registry.ts";
import { pushRepository } from "./push-layout.ts";
import { runCrane, runRestore } from "./restore-command.ts";
import { demand } from "./registry-client.ts";
import { makeFolder } from "./registry-process.ts";

const key = newKeyPair();
/** More than one page of any registry. */
const MANY_TAGS = 1100;

/** What happens to a registry in four nights: nothing, a signature deleted, a tag moved, a release unsigned; and all signed again. */
export function playNights({ kind, registry }: OpenedRegistry): void {
  const { login } = kind;
  const prefix = kind.prefix ?? "";
  const repository = `${prefix}nights/app`;
  const isDeleting = kind.deletion !== "none";
  let home: ReturnType<typeof makeFolder> | undefined;
  let config: string;
  const images = new Map<string, Artifact>();
  let signature: Artifact | null = null;

  /** Builds images and signatures in memory, and pushes them. */
  async function push(build: (place: SigningPlace) => void, into = repository): Promise<void> {
    const place = {
      host: registry().host,
      store: new RegistryStore(),
      options: { ...DEFAULT_REGISTRY_OPTIONS, referrersApi: kind.referrersApi },
    };
    build(place);
    await pushRepository(registry().ask, into, place.store.repository(into)!);
  }

  /** A registry may take its time to forget what was deleted. */
  async function remove(digest: string, tag: string): Promise<void> {
    const scope = `delete ${repository}`;
    const ask = registry().ask;
    const path = `/v2/${repository}/manifests`;
    if (kind.deletion === "tag-and-digest") await demand(ask, [200, 202, 404], `${path}/${tag}`, { method: "DELETE", scope });
    await demand(ask, [200, 202, 404], `${path}/${digest}`, { method: "DELETE", scope });
    const accept = "application/vnd.oci.image.manifest.v1+json";
    for (let waited = 0; waited < 60_000; waited += 500) {
      const left = await ask(`${path}/${tag}`, { headers: { accept }, scope: `pull ${repository}`, redirect: "manual" });
      await left.arrayBuffer();
      if (left.status === 404) return;
      await wait(500);
    }
    throw new Error(`${tag} is still there`);
  }

  function image(tag: string, seed = tag): Artifact {
    const built = buildImage({ seed: `${kind.name} ${seed}` });
    images.set(tag, built);
    return built;
  }

  async function audit(night: number): Promise<{ document: AuditDocument; exitCode: number | null }> {
    return runAudit(config, `2026-11-${20 + night}T02:00:00Z`, login);
  }

  const verdictsOf = (document: AuditDocument): string[] => document.releases.map(({ tag, verdict }) => `${tag} ${verdict}`);
  const findingsOf = (document: AuditDocument): string[] =>
    document.findings.map(({ cause, tag, status }) => `${cause} ${tag} ${status}`).toSorted();

  beforeAll(() => {
    home = makeFolder();
    writeFileSync(join(home.path, "release.pub"), key.pem);
    config = writeWatchList(home.path, { host: registry().host, repository, key: join(home.path, "release.pub"), login });
  });
  afterAll(() => home?.remove());

  it("is quiet about what does not change", async () => {
    await push((place) => {
      for (const tag of ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]) pushArtifact(place.store, repository, image(tag), tag);
      signature = signSimple(place, repository, images.get("1.0.0")!, key);
      signBundle(place, repository, images.get("1.1.0")!, key);
      signSimple(place, repository, images.get("1.3.0")!, key);
    });
    const first = await audit(0);
    expect(verdictsOf(first.document)).toEqual(["1.0.0 signed", "1.1.0 signed", "1.2.0 unsigned", "1.3.0 signed"]);
    expect(first.document.run.complete).toBe(true);
    const second = await audit(1);
    expect(verdictsOf(second.document)).toEqual(verdictsOf(first.document));
    expect(findingsOf(second.document)).toEqual([]);
  });

  it(`tells ${isDeleting ? "a deleted signature, " : ""}a moved tag and an unsigned release by the second night`, async () => {
    if (isDeleting) await remove(signature!.digest, cosignTag(images.get("1.0.0")!.digest, ".sig"));
    await push((place) => {
      pushArtifact(place.store, repository, image("1.3.0", "another image"), "1.3.0");
      pushArtifact(place.store, repository, image("1.4.0"), "1.4.0");
    });
    await audit(2);
    const { document, exitCode } = await audit(3);
    const deleted = isDeleting ? ["signature-deleted 1.0.0 open"] : [];
    expect(findingsOf(document)).toEqual(["release-unsigned 1.4.0 open", ...deleted, "tag-moved 1.3.0 open"]);
    expect(verdictsOf(document)).toEqual([
      `1.0.0 ${isDeleting ? "unsigned" : "signed"}`,
      "1.1.0 signed",
      "1.2.0 unsigned",
      "1.3.0 unsigned",
      "1.4.0 unsigned",
    ]);
    expect(exitCode).toBe(1);
  });

  it.runIf(isDeleting)("gives back a deleted signature as it was kept, by the command that it prints", async () => {
    const { document } = await audit(3);
    const { id } = document.findings.find(({ cause }) => cause === "signature-deleted")!;
    const out = join(home!.path, "restored");
    const told = await runRestore(config, id, out);
    expect(told).toContain(`Push it back: crane push ${out} ${registry().host}/${repository}:`);
    await runCrane(/Push it back: (.+)/.exec(told)![1]!, registry().host, login, home!.path);
  });

  it("sees what is signed again", async () => {
    await push((place) => void signBundle(place, repository, images.get("1.4.0")!, key));
    const { document } = await audit(4);
    expect(verdictsOf(document)[0]).toBe("1.0.0 signed");
    const deleted = isDeleting ? ["signature-deleted 1.0.0 resolved"] : [];
    expect(findingsOf(document)).toEqual(["release-unsigned 1.4.0 resolved", ...deleted, "tag-moved 1.3.0 open"]);
  });

  it("calls nothing unsigned in a repository that is not there", async () => {
    const folder = makeFolder();
    try {
      const path = writeWatchList(folder.path, {
        host: registry().host,
        repository: `${prefix}nights/absent`,
        key: join(home!.path, "release.pub"),
        login,
      });
      const { document, exitCode } = await runAudit(path, "2026-11-20T02:00:00Z", login);
      expect(document.releases).toEqual([]);
      // A registry that lists it as empty watches nothing, which is a finding.
      expect([document.run.complete, exitCode]).toEqual([document.repositories[0]!.failure === null, 3]);
    } finally {
      folder.remove();
    }
  });

  it.runIf(login !== undefined)("says that a login is refused", async () => {
    const folder = makeFolder();
    try {
      const path = writeWatchList(folder.path, {
        host: registry().host,
        repository,
        key: join(home!.path, "release.pub"),
        login,
      });
      const { document, exitCode } = await runAudit(path, "2026-11-20T02:00:00Z", { ...login!, password: "wrong" });
      expect([document.releases, exitCode]).toEqual([[], 3]);
      expect(document.findings.map(({ cause }) => cause)).toEqual(["coverage-lost"]);
    } finally {
      folder.remove();
    }
  });

  it.runIf(kind.paging)(`sees all of ${MANY_TAGS} tags`, async () => {
    const manyTags = `${prefix}nights/many`;
    const many = buildImage({ seed: "many" });
    await push((place) => {
      pushArtifact(place.store, manyTags, many, "1.0.0");
      signSimple(place, manyTags, many, key);
      for (let at = 1; at < MANY_TAGS; at++) place.store.tag(manyTags, `1.${at}.0`, many.digest);
    }, manyTags);
    const folder = makeFolder();
    try {
      const path = writeWatchList(folder.path, {
        host: registry().host,
        repository: manyTags,
        key: join(home!.path, "release.pub"),
        login,
      });
      const { document } = await runAudit(path, "2026-11-20T02:00:00Z", login);
      expect(document.repositories).toMatchObject([{ tags: MANY_TAGS + 1, failure: null }]);
      expect(document.releases.filter(({ verdict }) => verdict === "signed")).toHaveLength(MANY_TAGS);
    } finally {
      folder.remove();
    }
  });
}
