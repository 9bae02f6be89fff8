import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import type { KeylessOptions } from "../sigstore/sign-keyless.ts";
import { pushKeyless } from "../sigstore/push-keyless.ts";
import { makeSigstore } from "../sigstore/test-sigstore.ts";
import { makeDirectory } from "./make-directory.ts";

export const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/";
export const ISSUER = "https://token.actions.githubusercontent.com";

/** A registry with releases that a private Sigstore signed, and a folder with its `root.json`. */
export interface SignedRegistry {
  readonly registry: ControlRegistry;
  readonly host: string;
  readonly cwd: string;
  /** Pushes an image under a tag. */
  readonly push: (repository: string, tag: string) => Artifact;
  /** The same, signed by the release workflow for its own tag. */
  readonly sign: (repository: string, tag: string, options?: KeylessOptions) => Artifact;
}

export async function serveSigned(): Promise<SignedRegistry> {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  const sigstore = makeSigstore();
  const cwd = makeDirectory();
  writeFileSync(join(cwd, "root.json"), sigstore.trustedRoot);
  const push = (repository: string, tag: string): Artifact => {
    const image = buildImage({ seed: `${repository}:${tag}` });
    pushArtifact(registry.store, repository, image, tag);
    return image;
  };
  return {
    registry,
    host: registry.host,
    cwd,
    push,
    sign(repository, tag, options = {}) {
      const image = push(repository, tag);
      pushKeyless(registry, repository, image, sigstore, { subject: `${WORKFLOW}${tag}`, ...options });
      return image;
    },
  };
}

/** A watch list of some repositories under one policy, beside the root. */
export function writeWatchList(cwd: string, names: readonly string[], policy = ""): void {
  const keyless = `{ issuer: ${ISSUER}, subject: "${WORKFLOW}{tag}", trustedRoot: root.json }`;
  const repositories = names.map((name) => `  - { repository: ${name}, policy: p }\n`).join("");
  writeFileSync(
    join(cwd, "sealwatch.yaml"),
    `version: 1\npolicies:\n  p:\n    signers: [{ name: workflow, keyless: ${keyless} }]\n${policy}repositories:\n${repositories}`,
  );
}
