import { pushArtifact, buildManifest, EMPTY_CONFIG, type Artifact } from "../../lib/controls/artifact.ts";
import { attachReferrer } from "../../lib/controls/attach-referrer.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import type { KeyPair } from "../../lib/controls/key-pair.ts";
import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { SIMPLE_SIGNING_LAYER } from "../../lib/oci/media-types.ts";

/** What somebody who may push to one repository can do to an audit. Names of repositories, by what is wrong with them. */
export const JUNK_TAGS = "junk-tags";
export const JUNK_VERSIONS = "junk-versions";
export const JUNK_REFERRERS = "junk-referrers";
export const WIDE_INDEX = "wide-index";
/** The one that all the others must not disturb. */
export const QUIET = "quiet";
export const HOSTILE = [JUNK_TAGS, JUNK_VERSIONS, JUNK_REFERRERS, WIDE_INDEX] as const;

/** Every repository with one signed release, 1.0.0. */
export function pushReleases(registry: ControlRegistry, key: KeyPair, names: readonly string[] = [...HOSTILE, QUIET]): void {
  for (const name of names) {
    const image = buildImage({ seed: `${name} 1.0.0` });
    pushArtifact(registry.store, name, image, "1.0.0");
    signSimple(registry, name, image, key);
  }
}

/** So many tags that are no releases. */
export function pushJunkTags(registry: ControlRegistry, name: string, count: number): void {
  const image = pushImage(registry, name, "junk");
  for (let at = 0; at < count; at++) registry.store.tag(name, `junk-${at}`, image.digest);
}

/** So many tags that look like releases. */
export function pushJunkVersions(registry: ControlRegistry, name: string, count: number): void {
  const image = pushImage(registry, name, "junk");
  for (let at = 0; at < count; at++) registry.store.tag(name, `9.0.${at}`, image.digest);
}

/** So many referrers of a bare release that look like signatures. */
export function pushJunkReferrers(registry: ControlRegistry, count: number): void {
  const image = pushImage(registry, JUNK_REFERRERS, "flooded", "1.0.1");
  for (let at = 0; at < count; at++) {
    const layer = { mediaType: SIMPLE_SIGNING_LAYER, bytes: Buffer.from(`junk ${at}`) };
    attachReferrer(
      registry,
      JUNK_REFERRERS,
      image,
      buildManifest({ config: EMPTY_CONFIG, layers: [layer], subject: image, artifactType: SIMPLE_SIGNING_LAYER }),
    );
  }
}

/** A bare release that is an index of so many entries. */
export function pushWideIndex(registry: ControlRegistry, name: string, count: number): void {
  const child = buildImage({ seed: "child" });
  const children = Array.from({ length: count }, (_, at): Artifact => ({
    ...child,
    entry: { platform: { os: "linux", architecture: `a${at}` } },
  }));
  pushArtifact(registry.store, name, buildIndex(children), "1.0.1");
}

/** What is to be told every night, whatever else happens: the signature of the quiet repository's release is gone. */
export function deleteQuietSignature(registry: ControlRegistry): void {
  registry.store.untag(QUIET, cosignTag(buildImage({ seed: `${QUIET} 1.0.0` }).digest, ".sig"));
}

function pushImage(registry: ControlRegistry, repository: string, seed: string, tag: string | null = null): Artifact {
  const image = buildImage({ seed: `${repository} ${seed}` });
  pushArtifact(registry.store, repository, image, tag);
  return image;
}
