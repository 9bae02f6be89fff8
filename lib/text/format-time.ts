/** `2026-11-19 02:00`, UTC: an ISO time as people read it in messages. */
export function formatMinute(time: string): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** `2026-11-19`, UTC. */
export function formatDay(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
