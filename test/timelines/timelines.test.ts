import { describe, expect, it } from "vitest";
import { DOORS } from "../audit/doors.ts";
import { openMemory } from "../audit/night.ts";
import { GROUPS } from "./groups.ts";
import { planOf, play } from "./timeline.ts";

describe.each(Object.entries(DOORS))("through %s", (_door, openDoor) => {
  describe.each(Object.entries(GROUPS))("%s", (_group, timelines) => {
    it.each(Object.entries(timelines))("%s", async (_name, timeline) => {
      expect(await play(timeline, openDoor(), openMemory)).toEqual(planOf(timeline));
    });
  });
});
