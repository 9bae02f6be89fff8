/** Chance that can be repeated. */
export interface Chance {
  /** An integer from 0, below `limit`. */
  below(limit: number): number;
  /** One of some, by their weights. */
  pick<T>(choices: readonly (readonly [T, number])[]): T;
}

/** The same seed gives the same chance: mulberry32, https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (choices) => {
      let left = below(choices.reduce((sum, [, weight]) => sum + weight, 0));
      return choices.find(([, weight]) => (left -= weight) < 0)![0];
    },
  };
}
