/** Formats an ISO time for people: `2026-11-19 02:00`, UTC. */
export function formatMinute(time: string): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** Formats the day of an ISO time: `2026-11-19`, UTC. */
export function formatDay(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
