import { describe, expect, it } from "vitest";
import { DOORS } from "../audit/doors.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { GROUPS } from "./groups.ts";
import { planOf, play } from "./timeline.ts";

describe.runIf(HAS_DYNAMODB)("with the history in DynamoDB", () => {
  const server = startDynamodb();
  describe.each(Object.entries(DOORS))("through %s", (_door, openDoor) => {
    describe.each(Object.entries(GROUPS))("%s", (_group, timelines) => {
      it.each(Object.entries(timelines))("%s", async (_name, timeline) => {
        const table = await server.createTable();
        expect(await play(timeline, openDoor(), () => server.open(table))).toEqual(planOf(timeline));
        await server.dropTable(table);
      });
    });
  });
});
