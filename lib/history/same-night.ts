const NIGHT_MILLISECONDS = 12 * 3600 * 1000;

/** Reports whether two times (epoch milliseconds) are of one night. A night is over after twelve hours. */
export function isSameNight(left: number, right: number): boolean {
  return Math.abs(left - right) < NIGHT_MILLISECONDS;
}
