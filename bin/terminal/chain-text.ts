import type { ChainReport } from "../../lib/history/chain/verify-chain.ts";
import { escapeText } from "../../lib/text/escape.ts";
import type { Palette } from "../../lib/text/palette.ts";

/** Renders `history --verify`: the intact runs and the head of their chain, or the first run that is not intact. */
export function renderChain(report: ChainReport, palette: Palette): string {
  const lines = [describeRuns(report, palette)];
  if (report.unchainedRuns > 0 && report.chainedSince !== null)
    lines.push(`unchained before ${escapeText(report.chainedSince)}: ${count(report.unchainedRuns, "run")}, of which nothing can be said`);
  if (report.waiting > 0)
    lines.push(`not covered yet: ${count(report.waiting, "entry")} of runs that are not over; the next link covers them`);
  if (report.acknowledged.length > 0)
    lines.push(`acknowledged or opened again since the last run: ${report.acknowledged.length} (${report.acknowledged.join(", ")})`);
  if (report.rewritten > 0)
    lines.push(`${count(report.rewritten, "observation")} of a closed run written anew by another start of it; what was first is gone`);
  return `${lines.join("\n")}\n`;
}

function describeRuns({ fault, runs, from, to, head, unchainedRuns, signed }: ChainReport, palette: Palette): string {
  if (fault !== null)
    return palette.red(escapeText(`the run of ${fault.run} ${fault.kind === "missing" ? "is not whole" : "was changed"}: ${fault.detail}`));
  if (head === null)
    return unchainedRuns === 0
      ? "nothing to verify: no run was closed yet"
      : `nothing to verify: ${count(unchainedRuns, "run")} from before runs were chained; the chain begins with the next audit`;
  return palette.green(escapeText(`${count(runs, "run")} whole, from ${from} to ${to}; head ${head.hash}${signed ? ", signed" : ""}`));
}

function count(number: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}
