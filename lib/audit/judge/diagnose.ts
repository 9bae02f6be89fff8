import type { PlaceAnswer } from "../../discovery/candidate.ts";
import { answerOf, type AskedPlace } from "../../discovery/open-places.ts";
import type { DigestBelow } from "../../discovery/place.ts";
import type { Digest } from "../../oci/digest.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import { satisfyingSigners } from "./decide.ts";
import { candidatesOf, questionFor, verifyAll, type Inquiry } from "./inquiry.ts";

interface TargetDiagnosis {
  readonly answers: readonly PlaceAnswer[];
  /** What the places state. None of it is a signature of the target. */
  readonly results: readonly CandidateResult[];
  readonly signedPlatform: Digest | null;
}

/** Asks the diagnosing places about a target whose policy nothing satisfies. They never make it signed; they say what went wrong. */
export async function diagnoseTarget(target: Digest, inquiry: Inquiry): Promise<TargetDiagnosis> {
  const answers: PlaceAnswer[] = [];
  const results: CandidateResult[] = [];
  let signedPlatform: Digest | null = null;
  for (const { name, diagnose } of inquiry.places.diagnosing) {
    const diagnosis = await diagnose(target, (digest) => judgeBelow(digest, inquiry));
    answers.push(answerOf(name, diagnosis.reply));
    signedPlatform ??= diagnosis.signedPart;
    for (const { artifact, isSigned, detail } of diagnosis.statements) {
      const evidence = isSigned ? "attestation" : "unsigned-attestation";
      const common = { place: name, artifact, form: "unsigned-statement", predicateType: null, proof: null } as const;
      results.push({ ...common, kind: "not-evidence", evidence, detail });
    }
  }
  return { answers, results, signedPlatform };
}

/** Judges a digest below the target by all its places, those of the watched repository first. */
async function judgeBelow(digest: Digest, inquiry: Inquiry): Promise<DigestBelow> {
  const answers = [...(await askPlaces(digest, inquiry, "here")), ...(await askPlaces(digest, inquiry, "elsewhere"))];
  const results = verifyAll(candidatesOf(answers), digest, inquiry);
  return {
    failure: answers.find((answer) => answer.kind === "failed")?.failure ?? null,
    satisfiesPolicy: satisfyingSigners(results, inquiry.watched.policy) !== null,
    isSigned: results.some((result) => result.evidence === "signature" || result.evidence === "attestation"),
  };
}

/** Asks the places in one location for the signatures and statements of a digest, and takes the word of lists for what is not there. */
export async function askPlaces(digest: Digest, inquiry: Inquiry, location: AskedPlace["location"]): Promise<PlaceAnswer[]> {
  const asked = inquiry.places.counting.flatMap((place) => {
    if (place.location !== location) return [];
    return place.ask({ ...questionFor(place.name, digest, "listed", inquiry, null), attested: true }) ?? [];
  });
  return Promise.all(asked);
}
