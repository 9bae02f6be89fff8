const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
];

/** Writes a duration as a watch list does, in the largest unit that gives a whole number: `48h` is `2d`, `90` is `90s`. */
export function formatSeconds(seconds: number): string {
  const unit = seconds === 0 ? undefined : UNITS.find(([, length]) => seconds % length === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
}
