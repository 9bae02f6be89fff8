const TURN_MILLISECONDS = 3;

/**
 * Rings after so many turns of this process as fit into the time on an idle machine. Client and registry take their turns in the same
 * process: on a busy machine both are slow, and a request that is answered is answered in time all the same.
 */
export function alarmByTurns(milliseconds: number, ring: () => void): () => void {
  let turns = Math.ceil(milliseconds / TURN_MILLISECONDS);
  const timer = setInterval(() => {
    turns -= 1;
    if (turns > 0) return;
    clearInterval(timer);
    ring();
  }, TURN_MILLISECONDS);
  return () => clearInterval(timer);
}
