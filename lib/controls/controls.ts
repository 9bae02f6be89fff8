import type { DefinitiveWord } from "../history/verdict.ts";
import { cosignTag } from "../oci/companion-tag.ts";
import type { FailureCode } from "../registry/answer.ts";
import type { RejectionReason } from "../verification/candidate-result.ts";
import { pushArtifact, type Artifact } from "./artifact.ts";
import type { SigningPlace } from "./attach-referrer.ts";
import { buildImage } from "./image.ts";
import { newKeyPair } from "./key-pair.ts";
import { startRegistry, type ControlRegistry } from "./registry-server.ts";
import { RegistryStore } from "./registry-store.ts";
import { signBundle } from "./sign-bundle.ts";
import { signSimple } from "./sign-simple.ts";

/** The verdict that an audit must give on a control image. */
interface ControlExpectation {
  /** A version tag, so that the default selection includes it. */
  readonly tag: string;
  readonly verdict: DefinitiveWord | "unknown";
  readonly reason: "nothing-found" | RejectionReason | FailureCode | null;
}

/** Both forms of signatures are present, each once correct and once wrong. */
export const CONTROL_EXPECTATIONS: readonly ControlExpectation[] = [
  { tag: "1.0.0-signed", verdict: "signed", reason: null },
  { tag: "1.0.0-signed-bundle", verdict: "signed", reason: null },
  { tag: "1.0.0-unsigned", verdict: "unsigned", reason: "nothing-found" },
  { tag: "1.0.0-stranger", verdict: "untrusted", reason: "unexpected-signer" },
  { tag: "1.0.0-misbound", verdict: "untrusted", reason: "wrong-digest" },
  { tag: "1.0.0-unreadable", verdict: "unknown", reason: "forbidden" },
];

/** The repository of the control images. */
export const CONTROL_REPOSITORY = "controls";

/** Serves new control images, with keys for this run only. `publicKey` is the only key of the policy (`transparencyLog: none`), as PEM. */
export async function startControls(): Promise<{ registry: ControlRegistry; publicKey: string }> {
  const place: SigningPlace = { host: "localhost", store: new RegistryStore(), options: { referrersApi: true } };
  const key = newKeyPair();
  const image = (name: string): Artifact => {
    const artifact = buildImage({ seed: name });
    pushArtifact(place.store, CONTROL_REPOSITORY, artifact, `1.0.0-${name}`);
    return artifact;
  };
  const signed = image("signed");
  const signature = signSimple(place, CONTROL_REPOSITORY, signed, key);
  signBundle(place, CONTROL_REPOSITORY, image("signed-bundle"), key);
  image("unsigned");
  signBundle(place, CONTROL_REPOSITORY, image("stranger"), newKeyPair());
  // A valid signature, but copied from another image.
  place.store.tag(CONTROL_REPOSITORY, cosignTag(image("misbound").digest, ".sig"), signature.digest);
  const unreadable = signBundle(place, CONTROL_REPOSITORY, image("unreadable"), key);
  const registry = await startRegistry({ store: place.store });
  // A failure that clients do not retry, so that the self-check is quick.
  registry.setFault({ when: { path: unreadable.digest, kind: "manifest-digest" }, fault: "403" });
  return { registry, publicKey: key.pem };
}
