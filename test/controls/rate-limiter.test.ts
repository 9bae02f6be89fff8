import { expect, it } from "vitest";
import { RateLimiter } from "../../lib/controls/rate-limiter.ts";

it("admits so many requests a second, and again in the next", () => {
  const limiter = new RateLimiter();
  const times = [0, 10, 20, 999, 1000, 1001, 1500];
  expect(times.map((now) => limiter.admits(2, now))).toEqual([true, true, false, false, true, true, false]);
});
