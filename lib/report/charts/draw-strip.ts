import { barX, text } from "@observablehq/plot";
import { escapeText } from "../../text/escape.ts";
import type { ReleaseState, ReportRepository, RepositoryNight } from "../report-model.ts";
import { drawChart } from "./draw-chart.ts";
import { axisOfDays, spanOfDay } from "./axis-of-days.ts";

/** A chart of more rows is unreadable; the table below the chart has all of them. */
const ROWS_SHOWN = 120;
const ROW_HEIGHT = 15;
/** In letters of one width, the margin fits so many and a number behind them. */
const NAME_CHARACTERS = 34;
/** In more nights than this, a cell is too narrow for a letter. */
const LETTERED_NIGHTS = 45;

const LETTERS: Readonly<Partial<Record<CellState, string>>> = {
  unsigned: "U",
  untrusted: "T",
  unknown: "?",
  unlisted: "?",
  pending: "P",
  exempt: "E",
};

/** Draws one row per repository and one cell per night: its worst state. Neighbours of the same state form one piece. */
export function drawStrip(repositories: readonly ReportRepository[], days: readonly string[]): string {
  const shown = repositories.slice(0, ROWS_SHOWN);
  const names = shortenNames(shown.map(({ repository }) => repository));
  const pieces = shown.flatMap(({ nights }, row) => joinNights(nights.map(stateOfCell), days, names[row]!));
  const lettered = days.length > LETTERED_NIGHTS ? [] : pieces.filter(({ state }) => LETTERS[state] !== undefined);
  return drawChart({
    label: "The worst state of each repository by night",
    height: shown.length * ROW_HEIGHT + 64,
    marginLeft: 276,
    marginTop: 8,
    x: axisOfDays(days),
    y: { type: "band", domain: names, label: null, padding: 0.15, tickSize: 0 },
    marks: [
      barX(
        pieces.filter(({ state }) => state !== "empty"),
        { x1: "x1", x2: "x2", y: "name", fill: ({ state }: Piece) => `var(--${state === "unlisted" ? "unknown" : state})` },
      ),
      text(lettered, {
        x: ({ x1, x2 }: Piece) => new Date((x1.getTime() + x2.getTime()) / 2),
        y: "name",
        text: ({ state }: Piece) => LETTERS[state],
        fill: "var(--on-state)",
        fontWeight: "bold",
      }),
    ],
  });
}

interface Piece {
  readonly name: string;
  readonly state: CellState;
  readonly x1: Date;
  readonly x2: Date;
}

function joinNights(states: readonly CellState[], days: readonly string[], name: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [at, state] of states.entries()) {
    const { x1, x2 } = spanOfDay(days[at]!);
    const last = pieces.at(-1);
    if (last?.state === state) pieces[pieces.length - 1] = { ...last, x2 };
    else pieces.push({ name, state, x1, x2 });
  }
  return pieces;
}

/** Keeps the ends of long names, and leaves the registry out if all names share it. No two results are alike. */
function shortenNames(names: readonly string[]): string[] {
  const hosts = new Set(names.map((name) => name.split("/")[0]));
  const used = new Set<string>();
  return names.map((name, at) => {
    const path = hosts.size === 1 ? name.slice(name.indexOf("/") + 1) : name;
    const short = escapeText(path.length > NAME_CHARACTERS ? `…${path.slice(-(NAME_CHARACTERS - 1))}` : path);
    const unique = used.has(short) ? `${short} (${at + 1})` : short;
    used.add(unique);
    return unique;
  });
}

/** The state of a repository in one night: the worst of its releases, or `unlisted` if its list broke off and nothing worse is known. */
type CellState = ReleaseState | "unlisted" | "unseen" | "empty";

const WORST = ["unsigned", "untrusted", "unknown", "pending", "exempt", "signed"] as const satisfies ReleaseState[];

/** Returns the state of one cell, `unseen` if nobody looked. */
function stateOfCell(night: RepositoryNight | null): CellState {
  if (night === null) return "unseen";
  const worst = WORST.find((state) => night.states[state] > 0);
  if (!night.listed && worst !== "unsigned" && worst !== "untrusted") return worst === "unknown" ? "unknown" : "unlisted";
  return worst ?? "empty";
}
