import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { Candidate, GivenAnswer } from "./candidate.ts";
import type { Reply } from "./reply.ts";
import type { CountingPlace, OpenedDiagnosis, OpenedPlace, PlaceQuestion, PlaceSurroundings } from "./place.ts";
import { PLACES, type PlaceName } from "./places.ts";

/** A counting place, opened: its answers bear its name. */
export interface AskedPlace extends Omit<OpenedPlace, "ask"> {
  readonly name: PlaceName;
  readonly location: CountingPlace["location"];
  readonly ask: (question: PlaceQuestion) => Promise<GivenAnswer> | null;
}

/** All places that one watched repository has, opened for one run, in the order of the table. */
export interface OpenedPlaces {
  readonly counting: readonly AskedPlace[];
  readonly diagnosing: readonly (OpenedDiagnosis & { readonly name: PlaceName })[];
}

/** Opens every place of a watched repository. What several releases share, such as another repository's list, is asked for once. */
export async function openPlaces(watched: WatchedRepository, surroundings: PlaceSurroundings): Promise<OpenedPlaces> {
  const counting: AskedPlace[] = [];
  const diagnosing: OpenedPlaces["diagnosing"][number][] = [];
  for (const place of PLACES) {
    const { name } = place;
    if (place.kind === "diagnosing") diagnosing.push({ ...place.open(watched, surroundings), name });
    if (place.kind !== "counting") continue;
    const opened = await place.open(watched, surroundings);
    if (opened === null) continue;
    const ask: AskedPlace["ask"] = (question) => opened.ask(question)?.then((reply) => answerOf(name, reply)) ?? null;
    counting.push({ ...opened, name, location: place.location, ask });
  }
  return { counting, diagnosing };
}

/** Names the place of a reply and of its candidates. */
export function answerOf(place: PlaceName, reply: Reply): GivenAnswer {
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
