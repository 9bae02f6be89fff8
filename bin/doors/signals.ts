/** Shells report a program that a signal ended with 128 and the signal's number. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

let received: keyof typeof CODES = "SIGINT";

/** Returns the exit code of a run that was stopped. */
export function codeWhenStopped(): number {
  return CODES[received];
}

/** Returns what the first SIGINT or SIGTERM aborts, with a message of the `consequence`. A second one ends the process. */
export function stopOnSignals(consequence: string | null = null): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: keyof typeof CODES): void => {
    received = signal;
    if (controller.signal.aborted) process.exit(codeWhenStopped());
    process.stderr.write(`sealwatch: stopping${consequence === null ? "" : `; ${consequence}`} (once more to end at once)\n`);
    controller.abort();
  };
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("SIGTERM", () => stop("SIGTERM"));
  return controller.signal;
}
