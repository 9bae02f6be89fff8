import { describe, expect, it } from "vitest";
import { DOORS, doorsOf } from "../audit/doors.ts";
import { openMemory } from "../audit/night.ts";
import { GROUPS } from "./groups.ts";
import { planOf, play } from "./timeline.ts";

describe.each(Object.entries(GROUPS))("%s", (_group, timelines) => {
  const played = Object.entries(timelines).flatMap(([name, timeline], nth) => doorsOf(nth).map((door) => ({ name, timeline, door })));
  it.each(played)("$name (through $door)", async ({ timeline, door }) => {
    expect(await play(timeline, DOORS[door](), openMemory)).toEqual(planOf(timeline));
  });
});
