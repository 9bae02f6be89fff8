import type { Artifact } from "../../lib/controls/artifact.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair, type KeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";

/** One night: what happens in the registry before the audit, and its title. */
export interface Night {
  readonly title: string;
  readonly happen: () => void;
}

/** A registry on loopback with a small company's images, and what happens to them in three nights. */
export interface Story {
  readonly registry: ControlRegistry;
  /** The public key of the releases, PEM. */
  readonly publicKey: string;
  readonly nights: readonly Night[];
}

const APP = "acme/app";
const WEB = "acme/web";
const API = "acme/api";

/** Starts an empty registry, which the `happen` of each night fills and changes. The caller closes it. */
export async function startStory(): Promise<Story> {
  const registry = await startRegistry();
  const key = newKeyPair();
  return {
    registry,
    publicKey: key.pem,
    nights: [
      { title: "everything is signed, and is taken as it is", happen: () => pushSignedReleases(registry, key) },
      {
        title: "a release is pushed unsigned, a signature deleted, a version tag moved; one repository is out of order",
        happen: () => worsen(registry),
      },
      { title: "the release is signed after all, and the outage is over; the rest is still as it was", happen: () => mend(registry, key) },
    ],
  };
}

function pushSignedReleases(registry: ControlRegistry, key: KeyPair): void {
  for (const version of ["v1.2.0", "v1.3.0", "v1.4.0", "v1.4.1"]) signSimple(registry, APP, push(registry, APP, version), key);
  for (const version of ["v2.0.0", "v2.1.0"]) signSimple(registry, WEB, push(registry, WEB, version), key);
  for (const version of ["v0.8.0", "v0.9.0"]) signBundle(registry, API, push(registry, API, version), key);
  registry.store.tag(APP, "latest", imageOf(APP, "v1.4.1").digest);
}

function worsen(registry: ControlRegistry): void {
  const { digest } = push(registry, APP, "v1.4.2");
  registry.store.tag(APP, "latest", digest);
  deleteSignature(registry, WEB, "v2.1.0");
  pushArtifact(registry.store, APP, buildImage({ seed: "built by somebody else" }), "v1.3.0");
  registry.setFault({ when: { path: `/v2/${API}/` }, fault: "503" });
}

function mend(registry: ControlRegistry, key: KeyPair): void {
  signSimple(registry, APP, imageOf(APP, "v1.4.2"), key);
  registry.setFault(null);
}

function push({ store }: ControlRegistry, repository: string, version: string): Artifact {
  const image = imageOf(repository, version);
  pushArtifact(store, repository, image, version);
  return image;
}

/** Builds the image of a version, the same every time. */
function imageOf(repository: string, version: string): Artifact {
  return buildImage({ seed: `${repository}:${version}` });
}

/** Deletes a signature, as a retention rule does that takes companion tags for old images. */
function deleteSignature({ store }: ControlRegistry, repository: string, version: string): void {
  const tag = cosignTag(imageOf(repository, version).digest, ".sig");
  const digest = store.digestOfTag(repository, tag);
  store.untag(repository, tag);
  if (digest !== null) store.deleteManifest(repository, digest);
}

/** Returns the watch list of the story, as a person would write it. */
export function writeWatchList(host: string): string {
  return `version: 1

policies:
  acme-release:
    signers:
      - name: release-key
        key: release.pub

defaults:
  policy: acme-release

repositories:
  - repository: [${host}/${APP}, ${host}/${WEB}, ${host}/${API}]

registries:
  "${host}": { credentials: anonymous, retries: 1 }

notify:
  - terminal
`;
}
