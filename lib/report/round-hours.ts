const HOUR_MILLISECONDS = 3_600_000;

/** Hours, rounded to a tenth, of milliseconds. What is more than nothing is never rounded to it. */
export function roundHours(milliseconds: number): number {
  const hours = Math.round((milliseconds / HOUR_MILLISECONDS) * 10) / 10;
  return hours === 0 && milliseconds > 0 ? 0.1 : hours;
}
