import type { Digest } from "../../oci/digest.ts";
import type { VerifiedSigner } from "../../verification/candidate-result.ts";
import type { Judgement, Observation, TagState } from "../state.ts";

/** Returns the first text that was equal to this one. */
type ShareText = <Text extends string>(text: Text) => Text;

/** For the states of one repository: thousands of releases share signers, epochs and runs, and name each digest several times. */
export function createTextPool(): ShareText {
  const texts = new Map<string, string>();
  return <Text extends string>(text: Text): Text => {
    const known = texts.get(text);
    if (known !== undefined) return known as Text;
    texts.set(text, text);
    return text;
  };
}

/** Returns the same state in less memory. Only texts that other states share are pooled; a text that names one release is not. */
export function shareTexts(state: TagState, share: ShareText): TagState {
  const { last, shown, places } = state;
  const digests = new Map<string, Digest>(last === null ? [] : [last.digest, ...last.artifacts].map((digest) => [digest, digest]));
  const own = (digest: Digest): Digest => digests.get(digest) ?? digest;
  return {
    ...state,
    run: share(state.run),
    timeline: state.timeline.map(({ digest, since }) => ({ digest: own(digest), since: share(since) })),
    shown: { ...shown, explanation: share(shown.explanation), since: share(shown.since) },
    last: last && shareJudgement(last, own, share),
    ...(places && {
      places: places.map((place) => ({ ...place, detail: place.detail.includes("sha256-") ? place.detail : share(place.detail) })),
    }),
  };
}

/** Returns the same observation in less memory. */
export function shareObservation(observation: Observation, share: ShareText): Observation {
  const { digest, artifacts, policy } = observation;
  const digests = new Map<string, Digest>((digest === null ? artifacts : [digest, ...artifacts]).map((one) => [one, one]));
  return {
    ...observation,
    run: share(observation.run),
    policy: policy && share(policy),
    epoch: share(observation.epoch),
    signers: observation.signers.map((signer) => shareSigner(signer, (one) => digests.get(one) ?? one, share)),
  };
}

function shareJudgement(last: Judgement, own: (digest: Digest) => Digest, share: ShareText): Judgement {
  return {
    ...last,
    epoch: share(last.epoch),
    since: share(last.since),
    signers: last.signers.map((signer) => shareSigner(signer, own, share)),
  };
}

function shareSigner(signer: VerifiedSigner, own: (digest: Digest) => Digest, share: ShareText): VerifiedSigner {
  return { ...signer, signer: share(signer.signer), identity: share(signer.identity), artifact: own(signer.artifact) };
}
