import type { Digest } from "../../../oci/digest.ts";
import type { VerifiedSigner } from "../../../verification/candidate-result.ts";

/** A signature may lie in a few manifests at a place. Anybody may copy it into more, and each would stay in the history. */
const COPIES_LIMIT = 8;

/** Returns the signatures that are recorded: of each signer and place a few, and those first that were recorded before. */
export function boundSigners(signers: readonly VerifiedSigner[], verified: ReadonlySet<Digest>): readonly VerifiedSigner[] {
  const copies = Map.groupBy(signers, ({ signer, identity, place }) => `${signer}\n${identity}\n${place}`);
  const isKnown = ({ artifact }: VerifiedSigner): boolean => verified.has(artifact);
  const kept = new Set(
    [...copies.values()].flatMap((found) => [...found.filter(isKnown), ...found.filter((one) => !isKnown(one))].slice(0, COPIES_LIMIT)),
  );
  return signers.filter((signer) => kept.has(signer));
}
