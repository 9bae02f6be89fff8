import { describe, expect, it } from "vitest";
import { isSchedule, longestGapHours } from "../../lib/stack/schedule.ts";

describe("the longest time between two runs", () => {
  it.each([
    ["rate(30 minutes)", 0.5],
    ["rate(1 hour)", 1],
    ["rate(3 days)", 72],
    ["cron(0 2 * * ? *)", 24],
    ["cron(0/15 * ? * * *)", 24],
    ["cron(0 2 1/1 * ? *)", 24],
    ["cron(0 2 ? * MON-FRI *)", 72],
    ["cron(0 2 ? * 2-6 *)", 72],
    ["cron(0 2 ? * FRI-MON *)", 96],
    ["cron(0 2 ? * TUE,sat *)", 96],
    ["cron(0 2 ? * 1 *)", 168],
    ["cron(0 2 ? * SUN-SAT *)", 24],
  ])("of %s is %d hours", (schedule, hours) => expect(longestGapHours(schedule)).toBe(hours));

  it.each([
    "cron(0 2 1 * ? *)",
    "cron(0 2 * 6 ? *)",
    "cron(0 2 ? * MON#2 *)",
    "cron(0 2 ? * 0 *)",
    "cron(0 2 ? * 6L *)",
    "cron(0 2 * * ? 2027)",
  ])("of %s cannot be said", (schedule) => expect(longestGapHours(schedule)).toBeNull());
});

describe("a schedule", () => {
  it.each([
    "rate(1 day)",
    "rate(12 hours)",
    "cron(0 2 * * ? *)",
    "cron(0/15 8-18 ? * MON-FRI *)",
    "cron(30 1,13 ? * 2#1 *)",
    "cron(*/5 * L * ? 2027)",
  ])("may be %s", (text) => expect(isSchedule(text)).toBe(true));

  it.each([
    "rate(0 days)",
    "rate(1 week)",
    "cron(0 2 * * * *)",
    "cron(0 2 ? * ? *)",
    "cron(60 2 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0/0 2 * * ? *)",
    "cron(foo bar * * ? *)",
    "cron(0 2 * * ?)",
    "cron(0 2 * * ? ?)",
    "cron(30-10 2 * * ? *)",
    "cron(5/99 2 * * ? *)",
    "at(2026-11-21T02:00:00)",
  ])("may not be %s", (text) => expect(isSchedule(text)).toBe(false));
});
