import type { Digest } from "../oci/digest.ts";
import { SIGSTORE_BUNDLE_V03 } from "../oci/media-types.ts";
import { buildManifest, EMPTY_CONFIG, type Artifact, type Target, type TypedBytes } from "./artifact.ts";
import { attachReferrer, type SigningPlace } from "./attach-referrer.ts";
import type { KeyPair } from "./key-pair.ts";
import { buildBundleLayer, COSIGN_SIGN_PREDICATE, formatStatement, signEnvelope } from "./sign-statement.ts";

interface BundleOptions {
  /** The type that `cosign sign` writes by default. */
  readonly predicateType?: string;
  readonly predicate?: object;
  /** Annotations of the statement's subject, as from `cosign sign -a`. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The digest that the statement names, the target's by default. */
  readonly names?: Digest;
  /** The hint instead of the signing key's; empty for none. */
  readonly hint?: string;
  /** The repository for the bundle if it is not the target's (COSIGN_REPOSITORY). */
  readonly to?: string;
}

/** Signs like `cosign sign --key` of cosign 3: a Sigstore bundle as a referrer (or under the fallback tag). */
export function signBundle(place: SigningPlace, repository: string, target: Target, key: KeyPair, options: BundleOptions = {}): Artifact {
  const predicateType = options.predicateType ?? COSIGN_SIGN_PREDICATE;
  const statement = formatStatement({
    digest: options.names ?? target.digest,
    predicateType,
    predicate: options.predicate ?? {},
    annotations: options.annotations ?? {},
  });
  const layer = buildBundleLayer(signEnvelope(statement, key), options.hint ?? key.hint);
  const artifact = buildBundleManifest(layer, target, predicateType);
  attachReferrer(place, options.to ?? repository, target, artifact);
  return artifact;
}

/** Builds the manifest that carries a bundle, with cosign's annotations (unsigned hints). */
function buildBundleManifest(bundle: TypedBytes, subject: Target, predicateType: string): Artifact {
  return buildManifest({
    config: { ...EMPTY_CONFIG, artifactType: SIGSTORE_BUNDLE_V03 },
    layers: [bundle],
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": predicateType,
      "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
    },
    subject,
    artifactType: SIGSTORE_BUNDLE_V03,
  });
}
