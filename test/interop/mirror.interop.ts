import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { DEFAULT_REGISTRY_OPTIONS } from "../../lib/controls/registry-options.ts";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { runAudit, writeWatchList } from "./audit-command.ts";
import { pushRepository } from "./push-layout.ts";
import { openRegistry } from "./registry-client.ts";
import { distribution, type RegistryKind } from "./registry-kinds.ts";
import { makeFolder, startRegistry, type RegistryProcess } from "./registry-process.ts";

const REPOSITORY = "mirrored/app";
const key = newKeyPair();
const UPSTREAM: RegistryKind = {
  name: "docker-registry 2.8 of Debian",
  referrersApi: false,
  command: (port, folder) => distribution("docker-registry", port, folder),
  paging: false,
  deletion: "digest",
};
let home: ReturnType<typeof makeFolder>;
let upstream: RegistryProcess;
let mirror: RegistryProcess;

/** Pushes a signed release to the upstream, and pulls the image, but not its signature, through the mirror. */
async function release(tag: string): Promise<void> {
  const place = { host: upstream.host, store: new RegistryStore(), options: { ...DEFAULT_REGISTRY_OPTIONS, referrersApi: false } };
  const image = buildImage({ seed: tag });
  pushArtifact(place.store, REPOSITORY, image, tag);
  signSimple(place, REPOSITORY, image, key);
  await pushRepository(openRegistry(upstream.origin, undefined), REPOSITORY, place.store.repository(REPOSITORY)!);
  const pulled = await fetch(`${mirror.origin}/v2/${REPOSITORY}/manifests/${tag}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  await pulled.arrayBuffer();
  expect(pulled.status).toBe(200);
}

beforeAll(async () => {
  home = makeFolder();
  writeFileSync(join(home.path, "release.pub"), key.pem);
  upstream = await startRegistry(UPSTREAM, home.path);
  const command: RegistryKind["command"] = (port, folder) => distribution("docker-registry", port, folder, upstream.origin);
  mirror = await startRegistry({ ...UPSTREAM, name: "docker-registry as a mirror", command }, home.path);
});
afterAll(async () => {
  await mirror.stop();
  await upstream.stop();
  home.remove();
});

it("calls nothing unsigned through a mirror whose upstream is down, and is right again when the upstream is back", async () => {
  const config = writeWatchList(home.path, {
    host: mirror.host,
    repository: REPOSITORY,
    key: join(home.path, "release.pub"),
    login: undefined,
    registry: { pullThrough: true },
  });
  const audit = async (night: number): Promise<unknown> => {
    const { document, exitCode } = await runAudit(config, `2026-11-${20 + night}T02:00:00Z`, undefined);
    const verdicts = document.releases.map(({ tag, verdict }) => `${tag} ${verdict}`);
    return { verdicts, findings: document.findings.map(({ cause }) => cause), complete: document.run.complete, exitCode };
  };
  await release("1.0.0");
  expect(await audit(0)).toEqual({ verdicts: ["1.0.0 signed"], findings: [], complete: true, exitCode: 0 });
  await release("1.1.0");
  const port = Number(new URL(upstream.origin).port);
  await upstream.stop();
  expect(await audit(1)).toMatchObject({ verdicts: ["1.0.0 signed", "1.1.0 unknown"], findings: [], complete: false, exitCode: 3 });
  upstream = await startRegistry(UPSTREAM, home.path, port);
  expect(await audit(2)).toEqual({ verdicts: ["1.0.0 signed", "1.1.0 signed"], findings: [], complete: true, exitCode: 0 });
});
