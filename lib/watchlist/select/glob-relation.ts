import type { Glob, GlobStep } from "./glob.ts";

/** Reports whether some text matches both globs. */
export function globsOverlap(left: Glob, right: Glob): boolean {
  return left.alternatives.some((steps) => right.alternatives.some((others) => stepsOverlap(steps, others)));
}

/** Reports whether `outer` surely matches everything that `inner` matches. Returns false if comparing them step by step cannot show it. */
export function globCovers(outer: Glob, inner: Glob): boolean {
  return inner.alternatives.every((steps) => outer.alternatives.some((others) => walk(others, steps, coversStep)));
}

function stepsOverlap(left: readonly GlobStep[], right: readonly GlobStep[]): boolean {
  return walk(left, right, (one, other) => meet(one, other), { bothRun: true });
}

/**
 * Compares two lists of steps side by side. Each run of `left` (and of `right`, with `bothRun`) matches any number of the other's steps.
 * Every pair of positions is reached once.
 */
function walk(
  left: readonly GlobStep[],
  right: readonly GlobStep[],
  fits: (left: GlobStep, right: GlobStep) => boolean,
  options: { bothRun?: boolean } = {},
): boolean {
  let row = [true];
  for (let at = 0; at < right.length; at++) row.push(row[at]! && options.bothRun === true && right[at]!.kind === "run");
  for (const step of left) {
    const next = [row[0]! && step.kind === "run"];
    for (const [at, other] of right.entries()) {
      const swallowed = step.kind === "run" && (next[at]! || row[at + 1]!);
      const swallows = options.bothRun === true && other.kind === "run" && (next[at]! || row[at + 1]!);
      next.push(swallowed || swallows || (row[at]! && fits(step, other)));
    }
    row = next;
  }
  return row.at(-1)!;
}

function coversStep(outer: GlobStep, inner: GlobStep): boolean {
  if (outer.kind === "run" || inner.kind === "run") return outer.kind === "run";
  if (outer.of === null) return true;
  return inner.of !== null && [...inner.of].every((character) => outer.of!.has(character));
}

function meet(left: GlobStep, right: GlobStep): boolean {
  if (left.kind === "run" || right.kind === "run") return true;
  if (left.of === null || right.of === null) return true;
  return [...left.of].some((character) => right.of!.has(character));
}
