import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { Candidate, PlaceAnswer } from "./candidate.ts";
import type { Reply } from "./reply.ts";
import type { CountingPlace, Diagnosis, OpenedDiagnosis, OpenedPlace, PlaceQuestion, PlaceSurroundings } from "./place.ts";
import { PLACES, type PlaceName } from "./places.ts";

/** A place's answer that was given now, and not recalled. */
export type GivenAnswer = Exclude<PlaceAnswer, { kind: "recalled" }>;

/** A counting place, opened: its answers bear its name. */
export interface AskedPlace extends Omit<OpenedPlace, "ask"> {
  readonly name: PlaceName;
  readonly location: CountingPlace["location"];
  readonly ask: (question: PlaceQuestion) => Promise<GivenAnswer> | null;
}

/** A diagnosing place, opened: its answer bears its name. */
interface DiagnosingPlaceOpened {
  readonly name: PlaceName;
  readonly diagnose: (...asked: Parameters<OpenedDiagnosis["diagnose"]>) => Promise<Omit<Diagnosis, "reply"> & { answer: GivenAnswer }>;
}

/** All places that one watched repository has, opened for one run; in the order of the table. */
export interface OpenedPlaces {
  readonly counting: readonly AskedPlace[];
  readonly diagnosing: readonly DiagnosingPlaceOpened[];
}

/** Opens every place of a watched repository. What several releases share, such as another repository's list, is asked for once. */
export async function openPlaces(watched: WatchedRepository, surroundings: PlaceSurroundings): Promise<OpenedPlaces> {
  const counting: AskedPlace[] = [];
  const diagnosing: DiagnosingPlaceOpened[] = [];
  for (const place of PLACES) {
    if (place.kind === "counting") {
      const opened = await place.open(watched, surroundings);
      if (opened !== null) counting.push({ ...opened, name: place.name, location: place.location, ask: askAs(place.name, opened) });
    } else if (place.kind === "diagnosing")
      diagnosing.push({ name: place.name, diagnose: diagnoseAs(place.name, place.open(watched, surroundings)) });
  }
  return { counting, diagnosing };
}

function askAs(name: PlaceName, opened: OpenedPlace): AskedPlace["ask"] {
  return (question) => opened.ask(question)?.then((reply) => answerOf(name, reply)) ?? null;
}

function diagnoseAs(name: PlaceName, opened: OpenedDiagnosis): DiagnosingPlaceOpened["diagnose"] {
  return async (target, judgeBelow) => {
    const { reply, ...rest } = await opened.diagnose(target, judgeBelow);
    return { ...rest, answer: answerOf(name, reply) };
  };
}

/** Says of an answer and its candidates which place they are of. */
function answerOf(place: PlaceName, reply: Reply): GivenAnswer {
  if (reply.kind !== "found" && reply.kind !== "failed") return { place, ...reply };
  const candidates = reply.candidates.map((candidate): Candidate => ({ ...candidate, place }));
  return { ...reply, place, candidates };
}

/** What the watch list asks for and this version cannot read, in words, with what is answered in its stead. */
export function listUnbuiltPlaces(watched: WatchedRepository): { readonly what: string; readonly answer: GivenAnswer }[] {
  return PLACES.flatMap((place) => {
    const what = place.kind === "unbuilt" ? place.configuredAs(watched) : null;
    return place.kind === "unbuilt" && what !== null ? [{ what, answer: answerOf(place.name, place.reply) }] : [];
  });
}
