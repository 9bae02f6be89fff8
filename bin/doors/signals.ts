/** As shells report a program that a signal ended: 128 and its number. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

let received: keyof typeof CODES = "SIGINT";

/** The exit code of a run that was stopped. */
export function codeWhenStopped(): number {
  return CODES[received];
}

/** Aborted by the first SIGINT or SIGTERM, which says what becomes of the work; a second one ends the process at once. */
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
