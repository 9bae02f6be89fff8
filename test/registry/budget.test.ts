import { describe, expect, it } from "vitest";
import { RequestBudget } from "../../lib/registry/request-budget.ts";

describe("the budget of a repository", () => {
  it("is never spent where nothing bounds it", () => {
    const budget = new RequestBudget(() => 0);
    budget.count(1_000_000);
    expect(budget.spent()).toBe(0);
  });

  it("is spent by requests or by time, whichever is first", () => {
    let now = 1000;
    const budget = new RequestBudget(() => now);
    budget.limit({ requests: 10, milliseconds: 100 });
    budget.count(4);
    expect(budget.spent()).toBe(0.4);
    now += 70;
    expect(budget.spent()).toBeCloseTo(0.7);
    budget.count(6);
    expect(budget.spent()).toBe(1);
    expect(budget.describe()).toContain("10 requests");
  });

  it("keeps its first bounds", () => {
    const budget = new RequestBudget(() => 0);
    budget.limit({ requests: 10, milliseconds: 100 });
    budget.limit({ requests: 1000, milliseconds: 100 });
    budget.count(10);
    expect(budget.spent()).toBe(1);
  });
});
