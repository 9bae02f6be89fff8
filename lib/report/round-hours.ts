const HOUR_MILLISECONDS = 3_600_000;

/** Converts milliseconds to hours, rounded to a tenth. A time above zero never becomes zero. */
export function roundHours(milliseconds: number): number {
  const hours = Math.round((milliseconds / HOUR_MILLISECONDS) * 10) / 10;
  return hours === 0 && milliseconds > 0 ? 0.1 : hours;
}
