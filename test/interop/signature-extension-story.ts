import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { runAudit, writeWatchList } from "./audit-command.ts";
import type { OpenedRegistry } from "./opened-registry.ts";
import { pushRepository } from "./push-layout.ts";
import { demand } from "./registry-client.ts";
import { makeFolder } from "./registry-process.ts";

const REPOSITORY = "extension/app";

/** The GPG signature that skopeo made of a fixture. Whether it fits is not asked here. */
function readSignature(): Buffer {
  return readFileSync(globSync("test/fixtures/lookaside/*/signature-1")[0]!);
}

/** A signature in the extension that the registry announces: it is seen, although this version cannot verify it. */
export function playSignatureExtension({ kind, registry }: OpenedRegistry): void {
  it("calls a release unsigned only if the signature extension holds nothing of it", async () => {
    const { login } = kind;
    const { ask, host } = registry();
    const store = new RegistryStore();
    const [bare, signed] = [buildImage({ seed: "bare" }), buildImage({ seed: "signed" })];
    pushArtifact(store, REPOSITORY, bare, "1.0.0");
    pushArtifact(store, REPOSITORY, signed, "1.1.0");
    await pushRepository(ask, REPOSITORY, store.repository(REPOSITORY)!);
    const content = readSignature();
    const name = `${signed.digest}@${createHash("md5").update(content).digest("hex")}`;
    const body = JSON.stringify({ schemaVersion: 2, type: "atomic", name, content: content.toString("base64") });
    const headers = { "content-type": "application/json" };
    await demand(ask, [200, 201], `/extensions/v2/${REPOSITORY}/signatures/${signed.digest}`, {
      method: "PUT",
      headers,
      body,
      scope: `push ${REPOSITORY}`,
    });

    const home = makeFolder();
    try {
      writeFileSync(join(home.path, "release.pub"), newKeyPair().pem);
      const config = writeWatchList(home.path, { host, repository: REPOSITORY, key: join(home.path, "release.pub"), login });
      const { document } = await runAudit(config, "2026-11-20T02:00:00Z", login);
      expect(document.releases.map(({ tag, verdict, reason }) => `${tag} ${verdict} ${reason}`)).toEqual([
        "1.0.0 unsigned nothing-found",
        "1.1.0 unknown unsupported-place",
      ]);
    } finally {
      home.remove();
    }
  });
}
