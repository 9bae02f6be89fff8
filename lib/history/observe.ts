import { createHash } from "node:crypto";
import type { Observation, TagState } from "./state.ts";

/**
 * Returns what an observation adds to a tag's state: the mark by which the next night recognises the observation and, if it differs from
 * the last one, the observation to append. The epoch does not count: it changes with every root of trust, and says nothing about the
 * release. Nor do the facts, which older histories did not name.
 */
export function appendObservation(
  observation: Observation,
  previous: Pick<TagState, "observed"> | null,
): Pick<TagState, "observed" | "observation"> {
  const { run: _run, tag: _tag, epoch: _epoch, facts: _facts, ...content } = observation;
  const text = JSON.stringify(Object.entries(content));
  const observed = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return previous?.observed === observed ? { observed } : { observed, observation };
}
