import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import type { Palette } from "../../lib/text/palette.ts";
import type { WhatIfDocument } from "../../lib/what-if/what-if.ts";

type WhatIfRow = WhatIfDocument["releases"][number];

const HEAD = ["REPOSITORY", "RELEASES", "TURN RED", "TURN GREEN", "RED", "GREEN", "UNCLEAR"];
/** The most tags that are named of those that are not watched any more. */
const TAGS_NAMED = 10;

/**
 * Renders the table of `sealwatch audit --what-if`: a line for each repository, and below it the releases that turn red, green or unclear
 * (with `all`, every release), then those that would not be watched any more. Ends with a line feed.
 */
export function renderWhatIf(document: WhatIfDocument, { all, palette }: { all: boolean; palette: Palette }): string {
  const { run, summary, releases, unseen, unwatched } = document;
  const names = [...new Set([...releases, ...unseen, ...unwatched].map(({ repository }) => repository))].toSorted();
  const rows = names.map((name) =>
    countCells(
      name,
      releases.filter(({ repository }) => repository === name),
      palette,
    ),
  );
  const [heading, ...lines] = alignColumns([HEAD.map((text) => ({ text, paint: palette.bold })), ...rows]);
  const blocks = names.map((name, at) => [
    lines[at]!,
    ...alignColumns(
      releases
        .filter((release) => release.repository === name && (all || isTold(release)))
        .map((release) => releaseCells(release, palette)),
      "  ",
    ),
    ...unseen.filter(({ repository }) => repository === name).map(({ detail }) => `  ${palette.yellow(`unknown: ${escapeText(detail)}`)}`),
    ...unwatchedLine(unwatched.filter(({ repository }) => repository === name).map(({ tag }) => tag)),
  ]);
  const { turnRed, turnGreen, unclear } = summary;
  const rest = summary.unwatched === 0 ? "" : `, ${summary.unwatched} not watched any more`;
  const basis = run === null ? "nothing that was recorded" : `what was recorded up to the run of ${escapeText(run)}`;
  const sum = `${turnRed} turn red, ${turnGreen} turn green, ${unclear} unclear${rest}: by ${basis}; no registry was asked, nothing written`;
  return `${[heading, ...blocks.flat(), sum].join("\n")}\n`;
}

function isTold({ before, after }: WhatIfRow): boolean {
  return after.colour !== before.colour || after.colour === "unclear";
}

function countCells(repository: string, releases: readonly WhatIfRow[], palette: Palette): Cell[] {
  const turn = (colour: string): number =>
    releases.filter(({ before, after }) => after.colour === colour && before.colour !== colour).length;
  const count = (colour: string): number => releases.filter(({ after }) => after.colour === colour).length;
  const number = (value: number, paint: (text: string) => string): Cell => ({ text: String(value), ...(value > 0 && { paint }) });
  return [
    { text: escapeText(repository) },
    { text: String(releases.length) },
    number(turn("red"), palette.red),
    number(turn("green"), palette.green),
    { text: String(count("red")) },
    { text: String(count("green")) },
    number(count("unclear"), palette.yellow),
  ];
}

function releaseCells({ tag, before, after }: WhatIfRow, palette: Palette): Cell[] {
  const paint = { red: palette.red, green: palette.green, unclear: palette.yellow }[after.colour];
  const [was, is] = [wordOf(before.verdict, before.exempt), wordOf(after.verdict, after.exemption !== null)];
  const detail = after.colour === "green" ? "" : escapeText([after.reason, after.explanation].filter(Boolean).join(": "));
  return [{ text: escapeText(tag) }, { text: was }, { text: "->" }, { text: is, paint }, { text: detail }];
}

function wordOf(verdict: string, exempt: boolean): string {
  return exempt ? `${verdict} (exempt)` : verdict;
}

function unwatchedLine(tags: readonly string[]): string[] {
  if (tags.length === 0) return [];
  const named = tags.slice(0, TAGS_NAMED).map((tag) => escapeText(tag));
  const more = tags.length > TAGS_NAMED ? ` and ${tags.length - TAGS_NAMED} more` : "";
  return [`  not watched any more: ${named.join(", ")}${more}`];
}
