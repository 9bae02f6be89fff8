import type { Descriptor } from "../oci/manifest.ts";

/** What a list says of a referrer, as far as it gives the order of reading. */
export type ListedReferrer = Pick<Descriptor, "digest" | "artifactType" | "annotations" | "platform">;

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export const CREATED = "org.opencontainers.image.created";
/** https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md */
export const BUNDLE_PREDICATE = "dev.sigstore.bundle.predicateType";
export const BUNDLE_CONTENT = "dev.sigstore.bundle.content";

const LOOKED_AT = [CREATED, BUNDLE_PREDICATE, BUNDLE_CONTENT];
/** Longer than any date or address of a predicate. */
const TEXT_LIMIT_CHARACTERS = 1024;

/** Lets go of what nobody looks at: a list of 4,096 entries may have megabytes of annotations, and lives as long as they are read. */
export function toListed({ digest, artifactType, annotations, platform }: Descriptor): ListedReferrer {
  const own = LOOKED_AT.flatMap((name): [string, string][] => {
    const text = annotations[name];
    return text === undefined || text.length > TEXT_LIMIT_CHARACTERS ? [] : [[name, text]];
  });
  const isLong = artifactType !== null && artifactType.length > TEXT_LIMIT_CHARACTERS;
  return { digest, artifactType: isLong ? "too long" : artifactType, annotations: Object.fromEntries(own), platform };
}
