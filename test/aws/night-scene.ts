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

/** Sealwatch's own stack, synthesized for registries on this machine. */
export interface NightScene {
  /** That of `team/app`, which anybody may read. */
  readonly registry: ControlRegistry;
  /** The directory of the cloud assembly. */
  readonly assembly: string;
  /** Of Secrets Manager, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  push(repository: Repository, tag: string, options?: { signed: boolean }): Artifact;
  sign(repository: Repository, image: Artifact): void;
  unsign(repository: Repository, image: Artifact): void;
  close(): Promise<void>;
}

export const REPOSITORIES = ["team/app", "team/api", "team/web"] as const;
type Repository = (typeof REPOSITORIES)[number];

const SECRET = "prod/registry";
const PASSWORD = "correct horse";

/**
 * Three repositories, each in a registry of its own: one for anybody, with these settings, one with a secret's password, one with a token
 * of ECR.
 */
export async function prepareScene(
  settings: Readonly<Record<string, string>> = {},
  more: { readonly heartbeat?: string } = {},
): Promise<NightScene> {
  const directory = await mkdtemp(join(tmpdir(), "sealwatch-aws-"));
  const open = await startRegistry({ referrersApi: true });
  const locked = await startRegistry({ referrersApi: true, auth: { kind: "basic", user: "auditor", password: PASSWORD } });
  const ecr = await startRegistry({ referrersApi: true, auth: { kind: "basic", user: "AWS", password: "local" } });
  const registries: Readonly<Record<Repository, ControlRegistry>> = { "team/app": open, "team/api": locked, "team/web": ecr };
  const key = newKeyPair();
  await writeFile(join(directory, "release.pub"), key.pem);
  const list = {
    version: 1,
    policies: { release: { signers: [{ key: "release.pub" }] } },
    registries: { [open.host]: settings, [locked.host]: { credentials: `awssecret:///${SECRET}` }, [ecr.host]: { credentials: "ecr" } },
    ...more,
    reports: [{ every: "month", formats: ["html", "csv", "json", "oscal"] }],
    repositories: REPOSITORIES.map((name) => ({ repository: `${registries[name].host}/${name}`, policy: "release" })),
  };
  // JSON is YAML.
  await writeFile(join(directory, "sealwatch.yaml"), JSON.stringify(list));
  const app: App = await newRecommendedApp(join(directory, "cdk.out"));
  const stack = new Stack(app, "Sealwatch", { env: { account: "111122223333", region: "eu-central-1" } });
  const audit = new Sealwatch(stack, "Audit", { watchlist: join(directory, "sealwatch.yaml") });
  audit.node.addMetadata("scene", "local");
  const sign = (repository: Repository, image: Artifact): void => void signSimple(registries[repository], repository, image, key);
  return {
    registry: open,
    assembly: app.synth().directory,
    secrets: { [SECRET]: JSON.stringify({ host: locked.host, username: "auditor", password: PASSWORD }) },
    push(repository, tag, { signed } = { signed: true }) {
      const image = buildImage({ seed: `${repository}:${tag}` });
      pushArtifact(registries[repository].store, repository, image, tag);
      if (signed) sign(repository, image);
      return image;
    },
    sign,
    unsign: (repository, { digest }) => void registries[repository].store.untag(repository, cosignTag(digest, ".sig")),
    async close() {
      await Promise.all(Object.values(registries).map((registry) => registry.close()));
      await rm(directory, { recursive: true });
    },
  };
}
