import type { Digest } from "../../oci/digest.ts";
import type { GivenAnswer, PlaceAnswer } from "../../discovery/candidate.ts";
import { goneOf, mergeReplies } from "../../discovery/reply.ts";
import type { Circle } from "../../discovery/place.ts";
import type { PlaceName } from "../../discovery/places.ts";
import { satisfyingSigners, type TargetFacts } from "./decide.ts";
import { diagnoseTarget } from "./diagnose.ts";
import { candidatesOf, questionFor, verifyAll, type Inquiry } from "./inquiry.ts";

/**
 * Judges one target (steps 5 and 6 of the straight line): asks its places in widening circles until the policy is satisfied, and verifies
 * every candidate. A signature that satisfies counts, whatever a later question finds or fails to read.
 */
export async function judgeTarget(target: Digest, inquiry: Inquiry): Promise<TargetFacts> {
  const answers = new Map<PlaceName, GivenAnswer>();
  const { everything, firstTime, watched } = inquiry;
  const weigh = (): TargetFacts => factsOf([...answers.values()], target, inquiry);
  const isEnough = (facts: TargetFacts): boolean => !everything && satisfyingSigners(facts.results, watched.policy) !== null;

  await askCircle("listed", target, inquiry, answers);
  const first = weigh();
  if (isEnough(first)) return first;
  await askCircle("statements", target, inquiry, answers);
  if (firstTime) await askCircle("direct", target, inquiry, answers);
  const second = weigh();
  if (isEnough(second) || !inquiry.diagnose) return second;

  const diagnosis = await diagnoseTarget(target, inquiry);
  const results = [...second.results, ...diagnosis.results];
  const bare = second.results.every((result) => result.evidence !== "signature");
  const orphan = bare && diagnosis.signedPlatform === null ? await inquiry.orphans.find(inquiry) : null;
  return { answers: [...second.answers, ...diagnosis.answers], results, signedPlatform: diagnosis.signedPlatform, orphan };
}

function factsOf(answers: readonly PlaceAnswer[], target: Digest, inquiry: Inquiry): TargetFacts {
  return { answers, results: verifyAll(candidatesOf(answers), target, inquiry), signedPlatform: null, orphan: null };
}

/** Asks every place that has a question in this circle, and adds each answer to what the place said before. */
async function askCircle(circle: Circle, target: Digest, inquiry: Inquiry, answers: Map<PlaceName, GivenAnswer>): Promise<void> {
  const asked = inquiry.places.counting.map(async ({ name, ask }) => {
    const before = answers.get(name) ?? null;
    const answer = await ask(questionFor(name, target, circle, inquiry, before?.kind ?? null));
    return answer === null ? null : combine(circle, before, answer);
  });
  for (const answer of await Promise.all(asked)) if (answer !== null) answers.set(answer.place, answer);
}

/** Combines two answers of a place. A direct answer replaces one that rested on a list; it never replaces what was found or failed. */
function combine(circle: Circle, before: GivenAnswer | null, answer: GivenAnswer): GivenAnswer {
  const replaces = before === null || (circle === "direct" && before.kind !== "found" && before.kind !== "failed");
  if (replaces) return { ...answer, ...goneOf([...(before?.gone ?? []), ...(answer.gone ?? [])]) };
  return { place: answer.place, ...mergeReplies([before, answer]) };
}
