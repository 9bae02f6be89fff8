import { deriveFindingId } from "../../lib/history/change-id.ts";
import { loadPastRepository, loadReleaseTimeline, type Period } from "../../lib/history/past/past.ts";
import { formatJson } from "../../lib/text/escape.ts";
import { renderPastRepository, renderReleaseTimeline } from "../terminal/history-text.ts";
import { parseReference, type Reference } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { compareTags } from "../../lib/watchlist/select/version-tag.ts";
import { historyPath, namesHistory, readNow, type CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { readHistory } from "../doors/with-history.ts";

interface HistoryOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
  readonly key?: string;
  readonly head?: string;
}

/** Prints the timeline of a release, or what all releases of a repository were on a day. It asks no registry. */
export async function history(text: string | undefined, options: HistoryOptions): Promise<number> {
  if (text === undefined) throw new SealwatchError("usage", "history: name a release or a repository, or write --verify");
  if (options.key !== undefined || options.head !== undefined)
    throw new SealwatchError("usage", `history: --${options.key === undefined ? "head" : "key"} goes with --verify`);
  const reference = readReference(text);
  const period = readPeriod(options);
  if (reference.tag === null && options.from !== undefined)
    throw new SealwatchError(
      "usage",
      "history: --from is for one release; write REPOSITORY:TAG, or --to DAY alone for the whole repository",
    );
  return readHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "history: nothing is recorded yet; sealwatch audit begins a history");
    const { repository, tag } = reference;
    const palette = paletteFor(process.stdout);
    if (tag === null) {
      const past = await loadPastRepository(store, repository.name, period.until);
      const releases = past.releases.toSorted((left, right) => compareTags(left.tag, right.tag));
      await writeResult(options.json === true ? `${formatJson({ ...past, releases })}\n` : renderPastRepository(past, palette));
      return 0;
    }
    const timeline = await loadReleaseTimeline(store, repository.name, tag, period);
    const changes = timeline.changes.map((change) => {
      return { ...change, finding: change.kind === "opened" ? deriveFindingId(change.id) : null };
    });
    await writeResult(
      options.json === true
        ? `${formatJson({ ...timeline, changes })}\n`
        : renderReleaseTimeline(timeline, palette, { history: namesHistory(options) ? historyPath(options) : null }),
    );
    return 0;
  });
}

function readReference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed.kind === "malformed") throw new SealwatchError("usage", `history: ${text}: ${parsed.detail}`);
  if (parsed.reference.digest !== null)
    throw new SealwatchError("usage", `history: ${text}: write the tag; what each tag named when is part of its timeline`);
  return parsed.reference;
}

/** Reads a period of days in UTC, both inclusive. It ends now if `--to` is absent or its day is not over. */
function readPeriod(options: HistoryOptions): Period {
  const { now } = readNow(options);
  const from = options.from === undefined ? null : `${readDay("--from", options.from)}T00:00:00Z`;
  const present = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const end = options.to === undefined ? present : `${readDay("--to", options.to)}T23:59:59Z`;
  const until = end < present ? end : present;
  if (from !== null && from > until) throw new SealwatchError("usage", `history: --from ${options.from} is after ${until.slice(0, 10)}`);
  return { from, until };
}

function readDay(option: string, text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(text))
    throw new SealwatchError("usage", `${option} ${text}: write a day such as 2026-10-31`);
  return text;
}
