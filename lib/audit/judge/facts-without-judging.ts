import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { TrustStore } from "../../verification/trust/trust-store.ts";
import { epochOf } from "./epoch.ts";
import { NO_EVIDENCE } from "./keep-evidence.ts";
import type { ReleaseNightFacts } from "../release-night.ts";
import { outOfBudget, type ListedRelease } from "../list/resolve-releases.ts";
import type { Resting } from "../list/resting.ts";

/** Returns the facts of a release that the night did not look at: what is recorded, or why its tag could not be resolved. */
export function factsWithoutJudging(release: ListedRelease, trust: TrustStore): ReleaseNightFacts {
  return {
    release,
    epoch: epochOf(release.watched, trust),
    names: [],
    judged: release.resting === null ? null : judgedAsRecorded(release.resting),
    lostSignature: null,
    underPreviousEpoch: null,
    evidence: NO_EVIDENCE,
  };
}

/** Returns the facts of a known release for which the budget left no time. */
export function factsOutOfBudget(release: ListedRelease, trust: TrustStore): ReleaseNightFacts {
  return factsWithoutJudging(outOfBudget(release, release.watched), trust);
}

function judgedAsRecorded({ state, judgement, checkedAt }: Resting): ReleaseNightFacts["judged"] {
  const { explanation } = state.shown;
  const answers = (state.places ?? []).map(({ place, answer, detail }): PlaceAnswer => ({
    place,
    kind: "recalled",
    answer: answer === "failed" ? "notApplicable" : answer,
    at: checkedAt,
    detail,
  }));
  return {
    verdict: { verdict: "signed", reason: null, explanation, signers: judgement.signers },
    artifacts: judgement.artifacts,
    unread: false,
    gone: null,
    facts: null,
    answers,
  };
}
