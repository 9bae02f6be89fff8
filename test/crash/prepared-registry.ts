import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";

/** A registry with signed releases that get worse on demand, the same way each time. */
export interface PreparedRegistry {
  readonly publicKey: string;
  /** How many findings `regress` makes. */
  readonly regressions: number;
  writeWatchList(webhook: string): string;
  restore(): void;
  regress(): void;
  close(): Promise<void>;
}

const RELEASES = 8;

export async function prepareRegistry(): Promise<PreparedRegistry> {
  const registry = await startRegistry({ referrersApi: true });
  const [key, stranger] = [newKeyPair(), newKeyPair()];
  const images = Array.from({ length: RELEASES }, (_, at) => buildImage({ seed: `1.0.${at}` }));
  const [bare, moved] = [buildImage({ seed: "1.1.0" }), buildImage({ seed: "moved" })];
  const sign = (image: Artifact, by = key): void => void signSimple(registry, "app", image, by);
  const unsign = (image: Artifact): void => void registry.store.untag("app", cosignTag(image.digest, ".sig"));
  return {
    publicKey: key.pem,
    regressions: 4,
    writeWatchList: (webhook) => `version: 1
policies:
  release: { signers: [{ key: release.pub }] }
repositories:
  - { repository: ${registry.host}/app, policy: release }
notify:
  - { name: hook, severity: warning, webhook: { url: "${webhook}" } }
`,
    restore() {
      for (const [at, image] of images.entries()) {
        pushArtifact(registry.store, "app", image, `1.0.${at}`);
        unsign(image);
        sign(image);
      }
      registry.store.untag("app", "1.1.0");
    },
    regress() {
      unsign(images[0]!);
      unsign(images[1]!);
      sign(images[1]!, stranger);
      pushArtifact(registry.store, "app", bare, "1.1.0");
      pushArtifact(registry.store, "app", moved, "1.0.2");
    },
    close: () => registry.close(),
  };
}
