import { describe, expect, it } from "vitest";
import { openMemory } from "../audit/night.ts";
import { COVERAGE } from "./coverage.ts";
import { LIFE } from "./life.ts";
import { MOVES } from "./moves.ts";
import { RELEASES } from "./releases.ts";
import { SIGNERS } from "./signers.ts";
import { planOf, play } from "./timeline.ts";

const GROUPS = {
  "releases and their signatures": RELEASES,
  "tags that move": MOVES,
  "signers and places": SIGNERS,
  "registries that fail": COVERAGE,
  "findings and runs": LIFE,
};

describe.each(Object.entries(GROUPS))("%s", (_group, timelines) => {
  it.each(Object.entries(timelines))("%s", async (_name, timeline) => {
    expect(await play(timeline, openMemory)).toEqual(planOf(timeline));
  });
});
