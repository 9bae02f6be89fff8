import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { pushArtifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { DEFAULT_REGISTRY_OPTIONS } from "../../../lib/controls/registry-options.ts";
import { RegistryStore } from "../../../lib/controls/registry-store.ts";
import { signBundle } from "../../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import { runAudit, writeWatchList } from "../audit-command.ts";
import type { OpenedRegistry } from "../opened-registry.ts";
import { pushRepository } from "../push-layout.ts";
import { openRegistry } from "../registry-client.ts";
import { REGISTRIES } from "../registry-kinds.ts";
import { makeFolder, startRegistry } from "../registry-process.ts";

const REPOSITORY = "synced/app";
const API = "/pulp/api/v3";
const TASK_LIMIT_MILLISECONDS = 120_000;

interface PulpAnswer {
  readonly pulp_href?: string;
  readonly task?: string;
  readonly state?: string;
}

/** A repository that Pulp synchronizes from another registry: tags come along, and with them what signs them. */
export function playSync({ kind, registry }: OpenedRegistry): void {
  const authorization = `Basic ${Buffer.from(`${kind.login!.user}:${kind.login!.password}`).toString("base64")}`;

  async function ask(path: string, body?: object): Promise<PulpAnswer> {
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(
      registry().origin + path,
      body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as PulpAnswer;
  }

  async function finish({ task }: PulpAnswer): Promise<void> {
    for (let waited = 0; waited < TASK_LIMIT_MILLISECONDS; waited += 500) {
      const { state } = await ask(task!);
      if (state === "completed") return;
      if (state === "failed" || state === "canceled") throw new Error(`${task} ${state}`);
      await wait(500);
    }
    throw new Error(`${task} did not end`);
  }

  it("is audited rightly where it synchronizes another registry", { timeout: 2 * TASK_LIMIT_MILLISECONDS }, async () => {
    const home = makeFolder();
    const upstream = await startRegistry(
      REGISTRIES.find(({ name }) => name.startsWith("docker-registry"))!,
      home.path,
    );
    try {
      const key = newKeyPair();
      const place = { host: upstream.host, store: new RegistryStore(), options: { ...DEFAULT_REGISTRY_OPTIONS, referrersApi: false } };
      const images = ["1.0.0", "1.1.0", "1.2.0"].map((tag) => {
        const image = buildImage({ seed: `synced ${tag}` });
        pushArtifact(place.store, REPOSITORY, image, tag);
        return image;
      });
      signSimple(place, REPOSITORY, images[0]!, key);
      signBundle(place, REPOSITORY, images[1]!, key);
      await pushRepository(openRegistry(upstream.origin, undefined), REPOSITORY, place.store.repository(REPOSITORY)!);

      const name = "synced";
      const { pulp_href: repository } = await ask(`${API}/repositories/container/container/`, { name });
      const { pulp_href: remote } = await ask(`${API}/remotes/container/container/`, {
        name,
        url: upstream.origin,
        upstream_name: REPOSITORY,
        policy: "immediate",
        tls_validation: false,
      });
      await finish(await ask(`${repository}sync/`, { remote }));
      await finish(await ask(`${API}/distributions/container/container/`, { name, base_path: REPOSITORY, repository }));

      writeFileSync(join(home.path, "release.pub"), key.pem);
      const { login } = kind;
      const config = writeWatchList(home.path, {
        host: registry().host,
        repository: REPOSITORY,
        key: join(home.path, "release.pub"),
        login,
      });
      const { document } = await runAudit(config, "2026-11-20T02:00:00Z", login);
      expect(document.releases.map(({ tag, verdict, reason }) => `${tag} ${verdict} ${reason}`)).toEqual([
        "1.0.0 signed null",
        "1.1.0 signed null",
        "1.2.0 unsigned nothing-found",
      ]);
    } finally {
      await upstream.stop();
      home.remove();
    }
  });
}
