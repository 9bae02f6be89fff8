import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack, type App } from "aws-cdk-lib";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { Sealwatch } from "../../lib/stack/sealwatch.ts";
import { newRecommendedApp } from "./example-stack.ts";

/** Sealwatch's own stack, synthesized for a registry on this machine. */
export interface NightScene {
  readonly registry: ControlRegistry;
  /** The directory of the cloud assembly. */
  readonly assembly: string;
  push(repository: string, tag: string, options?: { signed: boolean }): Artifact;
  sign(repository: string, image: Artifact): void;
  unsign(repository: string, image: Artifact): void;
  close(): Promise<void>;
}

export const REPOSITORIES = ["team/app", "team/api", "team/web"] as const;

export async function prepareScene(): Promise<NightScene> {
  const directory = await mkdtemp(join(tmpdir(), "sealwatch-aws-"));
  const registry = await startRegistry({ referrersApi: true });
  const key = newKeyPair();
  await writeFile(join(directory, "release.pub"), key.pem);
  const repositories = REPOSITORIES.map((name) => `  - { repository: ${registry.host}/${name}, policy: release }\n`).join("");
  const list = `version: 1\npolicies:\n  release: { signers: [{ key: release.pub }] }\nrepositories:\n${repositories}`;
  await writeFile(join(directory, "sealwatch.yaml"), list);
  const app: App = await newRecommendedApp(join(directory, "cdk.out"));
  const stack = new Stack(app, "Sealwatch", { env: { account: "111122223333", region: "eu-central-1" } });
  const audit = new Sealwatch(stack, "Audit", { watchlist: join(directory, "sealwatch.yaml") });
  audit.node.addMetadata("scene", "local");
  const sign = (repository: string, image: Artifact): void => void signSimple(registry, repository, image, key);
  return {
    registry,
    assembly: app.synth().directory,
    push(repository, tag, { signed } = { signed: true }) {
      const image = buildImage({ seed: `${repository}:${tag}` });
      pushArtifact(registry.store, repository, image, tag);
      if (signed) sign(repository, image);
      return image;
    },
    sign,
    unsign: (repository, { digest }) => void registry.store.untag(repository, cosignTag(digest, ".sig")),
    async close() {
      await registry.close();
      await rm(directory, { recursive: true });
    },
  };
}
