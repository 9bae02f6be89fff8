import type { Look, PastRepository, ReleaseTimeline } from "../../lib/history/past/past.ts";
import { deriveFindingId } from "../../lib/history/change-id.ts";
import type { Change, Observation } from "../../lib/history/state.ts";
import { compareTags } from "../../lib/watchlist/select/version-tag.ts";
import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { formatMinute } from "../../lib/text/format-time.ts";
import type { Palette } from "../../lib/text/palette.ts";
import type { TextContext } from "../../lib/notification/history-option.ts";
import { restoreCommand } from "../../lib/notification/restore-command.ts";

const DIGEST_SHOWN = "sha256:".length + 12;

/** Renders `sealwatch history REPOSITORY`: what each release was at that time, and how much was seen. Ends with a line feed. */
export function renderPastRepository(past: PastRepository, palette: Palette): string {
  const rows = past.releases
    .toSorted((left, right) => compareTags(left.tag, right.tag))
    .map((seen): Cell[] => [
      { text: escapeText(seen.tag) },
      verdictCell(seen, palette),
      { text: reasonOf(seen) },
      { text: `since ${formatMinute(seen.run)}` },
      { text: shortDigest(seen.digest) },
    ]);
  const head = `${escapeText(past.repository)} at ${formatMinute(past.at)} UTC: ${rows.length} release${rows.length === 1 ? "" : "s"}`;
  return `${[palette.bold(head), describeLook(past.look), ...alignColumns(rows, "  ")].join("\n")}\n`;
}

/** Renders `sealwatch history REPOSITORY:TAG`: all changes, oldest first, and the nights that did not see it. Ends with a line feed. */
export function renderReleaseTimeline(timeline: ReleaseTimeline, palette: Palette, context: TextContext): string {
  const { repository, tag, observations, changes, gaps } = timeline;
  const lines = [
    ...observations.map((seen) => ({ run: seen.run, order: 0, cells: observationCells(seen, palette) })),
    ...changes.flatMap((change) => changeRows(change, context).map((cells) => ({ run: change.run, order: 1, cells }))),
    ...gaps.map((look) => ({
      run: look.run,
      order: 2,
      cells: [{ text: formatMinute(look.run) }, { text: describeGap(look), paint: palette.dim }],
    })),
  ].toSorted((left, right) => (left.run < right.run ? -1 : left.run > right.run ? 1 : left.order - right.order));
  const head = palette.bold(`${escapeText(repository)}:${escapeText(tag)}`);
  if (lines.length === 0) return `${head}\nNothing is recorded of it.\n`;
  return `${[head, ...alignColumns(lines.map(({ cells }) => cells))].join("\n")}\n`;
}

function observationCells(seen: Observation, palette: Palette): Cell[] {
  const signers = [...new Set(seen.signers.map(({ signer, place }) => `${signer} (${place})`))];
  const by = signers.length === 0 ? reasonOf(seen) : `by ${escapeText(signers.join(", "))}`;
  return [{ text: formatMinute(seen.run) }, verdictCell(seen, palette), { text: seen.digest ?? "" }, { text: by }];
}

/** A command is long, so it stands in the last column. */
const NOTHING_BEFORE: readonly Cell[] = [{ text: "" }, { text: "" }, { text: "" }];

/** A change, and below it the command that restores what it lost. */
function changeRows(change: Change, context: TextContext): Cell[][] {
  const finding = deriveFindingId(change.id);
  const opens = change.kind === "opened" && change.cause !== null;
  const cause = change.cause === null ? "" : ` ${change.cause}`;
  const restore = opens ? restoreCommand({ ...change, id: finding }, context) : null;
  const told = `${change.kind}${cause} (${change.severity})${opens ? `  ${finding}` : ""}`;
  return [
    [{ text: formatMinute(change.run) }, { text: told }],
    ...(restore === null ? [] : [[...NOTHING_BEFORE, { text: `restore: ${restore}` }]]),
  ];
}

function verdictCell({ verdict, exemption }: Observation, palette: Palette): Cell {
  const word = verdict ?? "gone";
  const paint = {
    signed: palette.green,
    unsigned: palette.red,
    untrusted: palette.red,
    unknown: palette.yellow,
    pending: palette.yellow,
    gone: palette.dim,
  }[word];
  return { text: exemption === null ? word : `${word} (exempt)`, paint };
}

function reasonOf({ reason, exemption }: Observation): string {
  const parts = [reason, exemption === null ? null : `exempt: ${exemption.reason}`];
  return parts.flatMap((part) => (part === null ? [] : [escapeText(part)])).join(", ");
}

function describeLook(look: Look | null): string {
  if (look === null || look.coverage === null) return "Nobody had looked by then.";
  const { listed, expected, judged, unknown } = look.coverage;
  const seen = `${judged} of ${expected} judged, ${unknown} unknown`;
  return `Last look: ${formatMinute(look.run)} UTC, ${listed ? `complete list, ${seen}` : `incomplete list, ${seen}`}`;
}

function describeGap({ status, coverage }: Look): string {
  if (coverage === null) return status === "closed" ? "not looked at" : `the run did not end (${status})`;
  if (!coverage.listed) return "the list of tags was not complete";
  return `${coverage.unknown} release${coverage.unknown === 1 ? "" : "s"} unknown`;
}

function shortDigest(digest: string | null): string {
  return digest === null ? "" : `${digest.slice(0, DIGEST_SHOWN)}…`;
}
