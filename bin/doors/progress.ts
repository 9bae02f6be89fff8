import type { ProgressEvent } from "../../lib/audit/audit-ports.ts";
import { escapeText } from "../../lib/text/escape.ts";

/** Redrawn at most this often. */
const REDRAW_MILLISECONDS = 100;

interface Progress {
  readonly report: (event: ProgressEvent) => void;
  /** Removes the line, so that what follows starts on a clean one. */
  readonly clear: () => void;
}

/** Shows the progress of an audit in one line on stderr, if that is a terminal. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { report: () => undefined, clear: () => undefined };
  const totals = new Map<string, { done: number; total: number | null; recorded: boolean }>();
  let drawn = 0;
  return {
    report({ repository, phase, done, total }) {
      totals.set(repository, { done, total, recorded: phase === "recorded" });
      if (Date.now() - drawn < REDRAW_MILLISECONDS) return;
      drawn = Date.now();
      const repositories = [...totals.values()];
      const finished = repositories.filter((entry) => entry.recorded).length;
      const judged = repositories.reduce((sum, entry) => sum + entry.done, 0);
      const known = repositories.reduce((sum, entry) => sum + (entry.total ?? 0), 0);
      const line = `${finished}/${repositories.length} repositories, ${judged}/${known} releases  ${escapeText(repository, 60)}`;
      stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
    },
    clear: () => void stream.write("\r\u001b[2K"),
  };
}
