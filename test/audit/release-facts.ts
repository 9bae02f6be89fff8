import type { ComparedRelease } from "../../lib/audit/compare/compare-releases.ts";
import type { ReleaseNightFacts } from "../../lib/audit/release-night.ts";
import type { PlaceAnswer } from "../../lib/discovery/candidate.ts";
import type { PlaceName } from "../../lib/discovery/places.ts";
import type { RepositoryHistory, TagState } from "../../lib/history/state.ts";
import type { Verdict } from "../../lib/history/verdict.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { parseVersionTag } from "../../lib/watchlist/select/version-tag.ts";
import { digest, judgement, NIGHTS, REPOSITORY, repositoryState, SIGNED, SIGNER, tagState } from "../history/examples.ts";
import { watch } from "./night.ts";

/** Signed by these signers, one letter each, in a place. */
export function signedBy(signers: string, place: PlaceName = "cosign-tag"): Verdict {
  return { ...SIGNED, signers: signers.split("").map((signer) => ({ ...SIGNER, signer, place })) } as Verdict;
}

/** Tonight's facts of a release whose digest is recognised by its letter; `empty`: places that were asked and hold nothing. */
export function releaseFacts(tag: string, letter: string, verdict: Verdict, empty: readonly PlaceName[] = []): ReleaseNightFacts {
  const answers = empty.map((place): PlaceAnswer => ({ place, kind: "nothing", detail: "empty" }));
  return {
    release: {
      tag,
      kind: parseVersionTag(tag) === null ? "moving" : "version",
      watched: watch(REPOSITORY, ""),
      resting: null,
      resolution: { kind: "resolved", digest: digest(letter), mediaType: "application/vnd.oci.image.manifest.v1+json" },
    },
    epoch: { id: digestOf("epoch"), document: "epoch", roots: new Map() },
    names: [tag],
    judged: { verdict, answers, artifacts: [], unread: false, gone: null, facts: null },
    lostSignature: null,
    underPreviousEpoch: null,
    evidence: new Map(),
  };
}

/** The same after comparison. */
export function comparedRelease(tag: string, letter: string, verdict: Verdict, empty: readonly PlaceName[] = []): ComparedRelease {
  return {
    facts: releaseFacts(tag, letter, verdict, empty),
    verdict,
    digest: digest(letter),
    rule: null,
    exempt: false,
    comparison: null,
    state: tagState(tag, null),
    differs: false,
    laterRun: null,
  };
}

/** A tag as it was recorded: its digest by a letter, its verdict, first seen in one of {@link NIGHTS}. */
export function recordedTag(tag: string, letter: string, verdict: Verdict, since = 0, more: Partial<TagState> = {}): TagState {
  const timeline = [{ digest: digest(letter), since: NIGHTS[since]! }];
  return tagState(tag, judgement(verdict, { digest: digest(letter), since: NIGHTS[since]! }), { timeline, ...more });
}

export function historyOf(...tags: readonly TagState[]): RepositoryHistory {
  return { repository: repositoryState({ baselineRun: NIGHTS[0] }), tags: new Map(tags.map((state) => [state.tag, state])) };
}
