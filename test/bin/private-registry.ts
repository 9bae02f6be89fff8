import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";

/** A registry that shows `acme/app` and `acme/other` to one user only. */
export async function startPrivate(user: string, password: string): Promise<ControlRegistry> {
  const registry = await startRegistry({ auth: { kind: "basic", user, password } });
  onTestFinished(() => registry.close());
  for (const name of ["acme/app", "acme/other"]) registry.store.putManifest(name, JSON.stringify({ schemaVersion: 2 }), OCI_MANIFEST, "v1");
  return registry;
}

/** A watch list of `acme/app` there, with these credentials and whatever else. */
export function writePrivateList(cwd: string, host: string, credentials: string, more = ""): void {
  writeFileSync(join(cwd, "release.pub"), newKeyPair().pem);
  writeFileSync(
    join(cwd, "sealwatch.yaml"),
    `version: 1
policies: { p: { signers: [{ key: release.pub }] } }
repositories: [{ repository: "${host}/acme/app", policy: p }]
registries: { "${host}": { credentials: "${credentials}" } }
${more}`,
  );
}
