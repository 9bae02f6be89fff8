import { cosignTag } from "../oci/companion-tag.ts";
import type { Digest } from "../oci/digest.ts";
import { IN_TOTO, OCI_CONFIG } from "../oci/media-types.ts";
import { buildManifest, EMPTY_CONFIG, formatCosignConfig, pushArtifact, type Artifact, type Target } from "./artifact.ts";
import { attachReferrer, type SigningPlace } from "./attach-referrer.ts";
import type { KeyPair } from "./key-pair.ts";
import { signBundle } from "./sign-bundle.ts";
import { buildSignatureManifest, listLayers } from "./sign-simple.ts";
import { buildEnvelopeLayer, formatStatement, signEnvelope, SLSA_PROVENANCE_PREDICATE } from "./sign-statement.ts";

const PROVENANCE = {
  buildDefinition: {
    buildType: "https://example.com/build/v1",
    externalParameters: { workflow: "release" },
  },
  runDetails: { builder: { id: "https://example.com/builder" } },
};

interface AttestOptions {
  /** `att` is the form of cosign 1 and 2, `bundle` of cosign 3, `dsse-referrer` (an envelope as a referrer) of Tekton Chains. */
  readonly form?: "att" | "bundle" | "dsse-referrer";
  /** SLSA provenance by default. */
  readonly predicateType?: string;
  readonly predicate?: object;
  /** The digest that the statement names, the target's by default. */
  readonly names?: Digest;
}

/** Attests like `cosign attest --key`: the signed statements about the target are no signature of it. */
export function attest(place: SigningPlace, repository: string, target: Target, key: KeyPair, options: AttestOptions = {}): Artifact {
  const predicateType = options.predicateType ?? SLSA_PROVENANCE_PREDICATE;
  const predicate = options.predicate ?? PROVENANCE;
  const digest = options.names ?? target.digest;
  if (options.form === "bundle") return signBundle(place, repository, target, key, { predicateType, predicate, names: digest });
  const envelope = signEnvelope(formatStatement({ digest, predicateType, predicate }), key);
  const layer = buildEnvelopeLayer(envelope, predicateType);
  if (options.form === "dsse-referrer") {
    const referrer = buildManifest({ config: EMPTY_CONFIG, layers: [layer], subject: target, artifactType: IN_TOTO });
    attachReferrer(place, repository, target, referrer);
    return referrer;
  }
  const tag = cosignTag(target.digest, ".att");
  const artifact = buildSignatureManifest([...listLayers(place.store, repository, tag), layer]);
  pushArtifact(place.store, repository, artifact, tag);
  return artifact;
}

/** Attaches an unsigned SBOM like `cosign attach sbom`, under `sha256-<hex>.sbom`. */
export function attachSbom(
  place: SigningPlace,
  repository: string,
  target: Target,
  sbom: { readonly mediaType: string; readonly text: string } = {
    mediaType: "text/spdx+json",
    text: '{"spdxVersion":"SPDX-2.3"}',
  },
): Artifact {
  const layers = [{ mediaType: sbom.mediaType, bytes: Buffer.from(sbom.text) }];
  const artifact = buildManifest({
    config: { mediaType: OCI_CONFIG, bytes: formatCosignConfig(layers) },
    layers,
  });
  pushArtifact(place.store, repository, artifact, cosignTag(target.digest, ".sbom"));
  return artifact;
}
