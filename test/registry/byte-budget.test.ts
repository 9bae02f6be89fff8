import { describe, expect, it } from "vitest";
import { ByteBudget } from "../../lib/registry/transport/byte-budget.ts";

/** Work that ends when it is told to. */
function openWork() {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { ended, end: () => end() };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("a budget of bytes", () => {
  it("lets work begin as long as there is room, and the rest in its order", async () => {
    const budget = new ByteBudget(100);
    const works = [60, 50, 10].map((bytes, at) => ({ bytes, at, ...openWork() }));
    const begun: number[] = [];
    const all = works.map(({ bytes, at, ended }) =>
      budget.hold(bytes, () => {
        begun.push(at);
        return ended;
      }),
    );
    await turns();
    // The last would fit, but does not overtake: else one that is large might never begin.
    expect(begun).toEqual([0]);
    works[0]!.end();
    await turns();
    expect(begun).toEqual([0, 1, 2]);
    for (const { end } of works) end();
    await Promise.all(all);
  });

  it("lets work that is larger than all of it begin alone", async () => {
    const budget = new ByteBudget(100);
    const small = openWork();
    const first = budget.hold(1, () => small.ended);
    let isBegun = false;
    const large = budget.hold(1_000_000, () => Promise.resolve(void (isBegun = true)));
    await turns();
    expect(isBegun).toBe(false);
    small.end();
    await Promise.all([first, large]);
    expect(isBegun).toBe(true);
    expect(await budget.hold(100, () => Promise.resolve("next"))).toBe("next");
  });

  it("gives back what was held by work that failed", async () => {
    const budget = new ByteBudget(10);
    await expect(budget.hold(10, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await budget.hold(10, () => Promise.resolve(1))).toBe(1);
  });
});
