import { exitCodeOf, type FailOn } from "../../lib/audit/exit-code.ts";
import { judgeWhatIf } from "../../lib/what-if/judge-what-if.ts";
import { askWhatIf } from "../../lib/what-if/what-if.ts";
import { escapeText, formatJson } from "../../lib/text/escape.ts";
import { renderWhatIf } from "../terminal/what-if-text.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { expandPatterns } from "../../lib/watchlist/select/expand-patterns.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { openHistoryForReading } from "../doors/with-history.ts";
import { openKeptTrust } from "../doors/trust.ts";
import { readWatchList } from "../doors/watch-list.ts";

export interface WhatIfOptions extends CommonOptions {
  readonly whatIf: string;
  readonly json?: true;
  readonly output?: string;
  readonly all?: true;
}

/** Prints what another watch list would say of the same releases. `only` names repositories, or is null for all. Returns the exit code. */
export async function whatIf(options: WhatIfOptions, failOn: FailOn, only: readonly string[] | null): Promise<number> {
  const { now } = readNow(options);
  const present = readWatchList(options).watchList;
  const { watchList: other, warnings } = readWatchList({ ...options, config: options.whatIf });
  for (const { message } of warnings.filter(({ code }) => code === "not-built")) process.stderr.write(`warning: ${escapeText(message)}\n`);
  const [before, after] = [choose(present, only), choose(other, only)];
  if (only !== null && before.repositories.length + after.repositories.length === 0)
    throw new SealwatchError("usage", `--repository: on neither watch list: ${only.join(", ")}`);
  if (options.output !== undefined) await ensureWritable(options.output);
  const trust = await openKeptTrust([...after.repositories, ...after.patterns.map(({ settings }) => settings)], now);
  const store = await openHistoryForReading(options);
  try {
    const document = await askWhatIf(before, after, { store, trust: trust.find, now });
    const palette = paletteFor(options.output === undefined ? process.stdout : null);
    const text = options.json === true ? `${formatJson(document)}\n` : renderWhatIf(document, { all: options.all === true, palette });
    await writeResult(text, options.output);
    return exitCodeOf(judgeWhatIf(document, await store.findings({ live: true })), failOn, true);
  } finally {
    await store.close();
  }
}

function choose(watchList: WatchList, only: readonly string[] | null): WatchList {
  if (only === null) return watchList;
  const { repositories } = expandPatterns(watchList, only);
  return { ...watchList, repositories: repositories.filter(({ repository }) => only.includes(repository.name)), patterns: [] };
}
