import { drawNights } from "../charts/draw-nights.ts";
import { drawStrip } from "../charts/draw-strip.ts";
import { formatDayInWords } from "../format-days.ts";
import type { ReportModel, ReportNight, RepositoryNight, StateCounts } from "../report-model.ts";
import { renderFolded, renderTable, renderTime, wrapWide, type HtmlCell } from "./render-table.ts";

const STATES = [
  ["signed", "signed"],
  ["exempt", "exempt (E)"],
  ["pending", "pending (P)"],
  ["unknown", "unknown, or not listed to the end (?)"],
  ["untrusted", "untrusted (T)"],
  ["unsigned", "unsigned (U)"],
  ["unseen", "nobody looked"],
] as const;

/** Renders the coverage: verdicts by night, and each repository by night. Each chart has its numbers below it. */
export function renderCoverage({ nights, repositories }: ReportModel): string {
  const days = nights.map(({ day }) => day);
  const key = `<ul class=key>${STATES.map(([state, word]) => `<li class="s ${state}">${word}</li>`).join("")}</ul>`;
  const hasSeen = nights.some(({ states }) => states !== null);
  return [
    hasSeen ? `<h3>Verdicts by night</h3><figure>${key}${wrapWide("Verdicts by night", drawNights(nights))}</figure>` : "",
    renderFolded("The numbers of each night", renderNights(nights)),
    `<h3>Nights on which not everything was seen</h3>${renderFaults(nights)}`,
    hasSeen
      ? `<h3>Repositories by night</h3><figure>${key}${wrapWide("Repositories by night", drawStrip(repositories, days))}${NOTE}</figure>`
      : "",
    hasSeen ? renderFolded("The numbers of each repository", renderRepositoryNights(repositories, days)) : "",
  ].join("\n");
}

const NOTE = "<figcaption>Each cell is the worst release of a repository in that night.</figcaption>";
/** A longer table is folded. */
const FAULTS_SHOWN = 6;

function renderFaults(nights: readonly ReportNight[]): string {
  const faults = nights.filter(({ status }) => status === "missed" || status === "incomplete");
  const rows = faults.map(({ day, status, why }): HtmlCell[] => [{ html: formatDayInWords(day), look: "t" }, status, why ?? ""]);
  const table = renderTable("Missed or incomplete", ["Night", "What", "Why"], rows, "No night was missed, and none was incomplete.");
  return faults.length <= FAULTS_SHOWN ? table : renderFolded(`The ${faults.length} nights, and why`, table);
}

function renderNights(nights: readonly ReportNight[]): string {
  return renderTable(
    "Releases by night",
    ["Night", "Looked", "At (UTC)", "Signed", "Exempt", "Pending", "Unknown", "Untrusted", "Unsigned"],
    nights.map(({ day, status, run, states }) => {
      const counts =
        states === null
          ? Array.from({ length: 6 }, () => "–")
          : [states.signed, states.exempt, states.pending, states.unknown, states.untrusted, states.unsigned];
      return [{ html: day, look: "t" }, status, renderTime(run), ...counts];
    }),
    "The period has no night yet.",
  );
}

function renderRepositoryNights(repositories: ReportModel["repositories"], days: readonly string[]): string {
  return renderTable(
    "Releases by repository and night; nights with the same numbers are one line",
    ["Repository", "Nights", "Looked", "Signed", "Exempt", "Pending", "Unknown", "Untrusted", "Unsigned"],
    repositories.flatMap(({ repository, nights }) =>
      joinRepositoryNights(nights, days).map(({ from, to, looked, signed, states }) => {
        const counts =
          states === null
            ? Array.from({ length: 5 }, () => "–")
            : [states.exempt, states.pending, states.unknown, states.untrusted, states.unsigned];
        return [repository, { html: from === to ? from : `${from} to ${to}`, look: "t" as const }, looked, signed, ...counts];
      }),
    ),
    "No repository was looked at.",
  );
}

/** Consecutive nights in which a repository had the same numbers, apart from that of signed releases. */
interface JoinedNights {
  readonly from: string;
  readonly to: string;
  readonly looked: "complete list" | "list broke off" | "nobody looked";
  /** `50`, or `50 to 53`. */
  readonly signed: string;
  readonly states: StateCounts | null;
}

/** Joins the nights of one repository, oldest first, into as few lines as possible. New signed releases alone start no line. */
function joinRepositoryNights(nights: readonly (RepositoryNight | null)[], days: readonly string[]): JoinedNights[] {
  const lines: { key: string; nights: (RepositoryNight | null)[]; from: string; to: string }[] = [];
  for (const [at, night] of nights.entries()) {
    const day = days[at]!;
    const key = night === null ? "" : JSON.stringify([night.listed, { ...night.states, signed: 0 }]);
    const last = lines.at(-1);
    if (last?.key === key) {
      last.nights.push(night);
      last.to = day;
    } else lines.push({ key, nights: [night], from: day, to: day });
  }
  return lines.map(({ nights: own, from, to }): JoinedNights => {
    const [first] = own;
    if (first === null || first === undefined) return { from, to, looked: "nobody looked", signed: "–", states: null };
    const signed = own.map((night) => night!.states.signed);
    const [least, most] = [Math.min(...signed), Math.max(...signed)];
    const looked = first.listed ? "complete list" : "list broke off";
    return { from, to, looked, signed: least === most ? String(least) : `${least} to ${most}`, states: first.states };
  });
}
