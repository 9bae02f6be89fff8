import { describe, expect, it } from "vitest";
import { dueReminders } from "../../lib/history/findings/reminders.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";
import { makeFacts, makeFinding } from "../notification/make-finding.ts";

const OPENED = "2026-11-13T02:00:00Z";
const WEEK_LATER = "2026-11-20T02:00:00Z";
const finding = makeFinding({ openedAt: OPENED });

function channel(more: Partial<Channel> = {}): Channel {
  return { kind: "terminal", name: "oncall", severity: "alert", owner: null, remindSeconds: 7 * 86_400, ...more } as Channel;
}

describe("dueReminders", () => {
  it("reminds of a finding that is open for as long as the channel says, and notes that it did", () => {
    expect(dueReminders([finding], [channel()], WEEK_LATER)).toEqual([
      {
        finding: { ...finding, told: { oncall: WEEK_LATER } },
        outbox: [
          {
            id: `7Q3K9D2M/reminder/${WEEK_LATER}/oncall`,
            channel: "oncall",
            run: WEEK_LATER,
            findingId: "7Q3K9D2M",
            kind: "reminder",
            summary: null,
            sentAt: null,
          },
        ],
      },
    ]);
  });

  it.each([
    ["a day early", "2026-11-19T02:00:00Z", 0],
    ["a few minutes early, because nights do not start on the second", "2026-11-20T01:55:00Z", 1],
    ["by the run that opened it", OPENED, 0],
    ["by a run that was resumed after a newer one had opened it", "2026-11-12T20:00:00Z", 0],
    ["when the clock went back by more than the whole time", "2026-10-01T02:00:00Z", 1],
  ])("%s", (_when, run, reminders) => {
    expect(dueReminders([finding], [channel()], run)).toHaveLength(reminders);
  });

  it("counts from the last reminder of each channel", () => {
    const reminded = { ...finding, told: { oncall: "2026-11-18T02:00:00Z" } };
    const [due] = dueReminders([reminded], [channel(), channel({ name: "team" })], WEEK_LATER);
    expect(due?.outbox.map(({ channel: name }) => name)).toEqual(["team"]);
    expect(due?.finding.told).toEqual({ oncall: "2026-11-18T02:00:00Z", team: WEEK_LATER });
  });

  it.each([
    ["acknowledged", { status: "acknowledged" }],
    ["resolved", { status: "resolved" }],
    ["flapping", { flapping: { since: OPENED, lastChange: OPENED, isGood: false } }],
  ] as const)("leaves what is %s alone", (_name, more) => {
    expect(dueReminders([{ ...finding, ...more }], [channel()], WEEK_LATER)).toEqual([]);
  });

  it.each([
    ["that has no remind", channel({ remindSeconds: null }), 0],
    ["of the owner", channel({ owner: "platform" }), 1],
    ["of another owner, if there is no other channel,", channel({ owner: "payments" }), 1],
  ])("a channel %s", (_name, one, reminders) => {
    expect(dueReminders([makeFinding({ openedAt: OPENED, facts: makeFacts({ owner: "platform" }) })], [one], WEEK_LATER)).toHaveLength(
      reminders,
    );
  });

  it("reminds of no tag that is gone, until it is back", () => {
    const gone = { ...finding, goneSince: "2026-11-15T02:00:00Z" };
    expect(dueReminders([gone], [channel()], WEEK_LATER)).toEqual([]);
    expect(dueReminders([{ ...gone, goneSince: null }], [channel()], WEEK_LATER)).toHaveLength(1);
  });

  it("repeats its ids when a run is repeated", () => {
    const ids = (): string[] => dueReminders([finding], [channel()], WEEK_LATER).flatMap(({ outbox }) => outbox.map(({ id }) => id));
    expect(ids()).toEqual(ids());
  });
});
