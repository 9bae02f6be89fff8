import type { ReleaseDocument, RepositoryDocument } from "../../lib/audit/audit-document.ts";
import type { VerdictWord } from "../../lib/history/verdict.ts";
import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { formatDay } from "../../lib/text/format-time.ts";
import type { Palette } from "../../lib/text/palette.ts";

/** The part of an audit that the table shows. */
export interface AuditTable {
  readonly repositories: readonly Pick<RepositoryDocument, "repository" | "failure">[];
  readonly releases: readonly TableRelease[];
  /** Open and acknowledged findings give their releases an id. */
  readonly findings: readonly TableFinding[];
}

type TableRelease = Pick<ReleaseDocument, "repository" | "tag" | "verdict" | "reason" | "since"> & { readonly exemption: unknown };
type TableFinding = Readonly<Record<"id" | "status" | "cause" | "openedAt", string> & Record<"repository" | "tag", string | null>>;

const HEAD = ["REPOSITORY", "RELEASES", "SIGNED", "UNSIGNED", "UNTRUSTED", "UNKNOWN", "EXEMPT"];

/**
 * Renders the table of `sealwatch audit`: a line for each repository, and below it, indented, the releases that are not signed or have an
 * open finding (with `all`, every release) as `tag  verdict  reason  since DATE  ID`. Ends with a line feed.
 */
export function renderAuditTable(audit: AuditTable, options: { all: boolean; palette: Palette }): string {
  const { palette } = options;
  const releases = Map.groupBy(audit.releases, (release) => release.repository);
  const live = audit.findings.filter((finding) => finding.status === "open" || finding.status === "acknowledged");
  const findings = Map.groupBy(live, (finding) => finding.repository);
  const head = HEAD.map((text) => ({ text, paint: palette.bold }));
  const rows = audit.repositories.map(({ repository }) => countCells(repository, releases.get(repository) ?? [], palette));
  const [heading, ...lines] = alignColumns([head, ...rows]);
  const blocks = audit.repositories.map(({ repository, failure }, at) => {
    const ids = new Map((findings.get(repository) ?? []).map((finding) => [finding.tag, finding] as const));
    const shown = (releases.get(repository) ?? []).filter((release) => options.all || release.verdict !== "signed" || ids.has(release.tag));
    return [
      lines[at]!,
      ...(failure === null ? [] : [`  ${palette.yellow(`listing not complete: ${escapeText(failure)}`)}`]),
      ...repositoryLine(ids.get(null), palette),
      ...alignColumns(
        shown.map((release) => releaseCells(release, ids.get(release.tag), palette)),
        "  ",
      ),
    ];
  });
  return `${[heading, ...blocks.flat()].join("\n")}\n`;
}

function countCells(repository: string, releases: readonly TableRelease[], palette: Palette): Cell[] {
  const count = (verdict: VerdictWord): number => releases.filter((release) => release.verdict === verdict).length;
  const exempt = releases.filter((release) => release.exemption !== null).length;
  const cell = (number: number, paint?: Palette["red"]): Cell => ({ text: String(number), ...(paint && number > 0 ? { paint } : {}) });
  return [
    { text: escapeText(repository) },
    cell(releases.length),
    cell(count("signed"), palette.green),
    cell(count("unsigned"), palette.red),
    cell(count("untrusted"), palette.red),
    cell(count("unknown"), palette.yellow),
    cell(exempt),
  ];
}

function repositoryLine(finding: TableFinding | undefined, palette: Palette): string[] {
  return finding === undefined ? [] : [`  ${palette.yellow(finding.cause)}  since ${formatDay(finding.openedAt)}  ${finding.id}`];
}

function releaseCells(release: TableRelease, finding: TableFinding | undefined, palette: Palette): Cell[] {
  const paint = { signed: palette.green, unsigned: palette.red, untrusted: palette.red, unknown: palette.yellow, pending: palette.dim }[
    release.verdict
  ];
  return [
    { text: escapeText(release.tag) },
    { text: release.verdict, paint },
    { text: release.reason === null ? (finding?.cause ?? "-") : escapeText(release.reason) },
    { text: `since ${formatDay(release.since)}` },
    { text: finding?.id ?? (release.exemption === null ? "" : "-") },
    { text: release.exemption === null ? "" : "exempt" },
  ];
}
