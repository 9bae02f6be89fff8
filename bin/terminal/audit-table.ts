import type { ReleaseDocument, RepositoryDocument } from "../../lib/audit/audit-document.ts";
import { WATCH_LIST_NAME } from "../../lib/history/state.ts";
import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { formatDay } from "../../lib/text/format-time.ts";
import type { Palette } from "../../lib/text/palette.ts";
import { columnsOf, countReleases } from "./count-releases.ts";

/** The remedy stands at the end of a failure, after names that a certificate chose. */
const FAILURE_LIMIT_CHARACTERS = 1024;

/** The part of an audit that the table shows. */
export interface AuditTable {
  readonly repositories: readonly Pick<RepositoryDocument, "repository" | "failure">[];
  readonly releases: readonly TableRelease[];
  /** Open and acknowledged findings give their releases an id. */
  readonly findings: readonly TableFinding[];
}

type TableRelease = Pick<ReleaseDocument, "repository" | "tag" | "verdict" | "reason" | "since"> & { readonly exemption: unknown };
type TableFinding = Readonly<Record<"id" | "status" | "cause" | "openedAt", string> & Record<"repository" | "tag", string | null>> & {
  readonly formerAcknowledgement?: unknown;
};

/**
 * Renders the table of `sealwatch audit`: a line for each repository, and below it, indented, its own findings, the releases that are not
 * signed or have an open finding (with `all`, every release) as `tag  verdict  reason  since DATE  ID`, and the findings of releases that
 * are gone. What was found of the watch list and of repositories that are not in the table comes last. Ends with a line feed.
 */
export function renderAuditTable(audit: AuditTable, options: { all: boolean; palette: Palette }): string {
  const { palette } = options;
  const releases = Map.groupBy(audit.releases, (release) => release.repository);
  const live = audit.findings.filter((finding) => finding.status === "open" || finding.status === "acknowledged");
  const findings = Map.groupBy(live, (finding) => finding.repository ?? WATCH_LIST_NAME);
  const columns = columnsOf(audit.releases);
  const head = ["REPOSITORY", "RELEASES", ...columns.map((word) => word.toUpperCase())].map((text) => ({ text, paint: palette.bold }));
  const rows = audit.repositories.map(({ repository }) => countCells(repository, releases.get(repository) ?? [], columns, palette));
  const [heading, ...lines] = alignColumns([head, ...rows]);
  const blocks = audit.repositories.map(({ repository, failure }, at) => {
    const own = findings.get(repository) ?? [];
    const byTag = Map.groupBy(own, ({ tag }) => tag);
    const all = releases.get(repository) ?? [];
    const shown = all.filter((release) => options.all || release.verdict !== "signed" || byTag.has(release.tag));
    const named = new Set(shown.map(({ tag }) => tag));
    return [
      lines[at]!,
      ...(failure === null ? [] : [`  ${palette.yellow(`listing not complete: ${escapeText(failure, FAILURE_LIMIT_CHARACTERS)}`)}`]),
      ...findingLines(byTag.get(null) ?? [], palette),
      ...alignColumns(
        shown.map((release) => releaseCells(release, byTag.get(release.tag) ?? [], palette)),
        "  ",
      ),
      ...findingLines(
        own.filter(({ tag }) => tag !== null && !named.has(tag)),
        palette,
      ),
    ];
  });
  const tabled = new Set(audit.repositories.map(({ repository }) => repository));
  const others = [...findings].flatMap(([repository, of]) => {
    const own = tabled.has(repository) ? [] : of.filter(({ tag }) => tag === null);
    return own.length === 0 ? [] : [escapeText(repository), ...findingLines(own, palette)];
  });
  return `${[heading, ...blocks.flat(), ...others].join("\n")}\n`;
}

function countCells(
  repository: string,
  releases: readonly TableRelease[],
  columns: ReturnType<typeof columnsOf>,
  palette: Palette,
): Cell[] {
  const paints: Partial<Record<(typeof columns)[number], Palette["red"]>> = {
    signed: palette.green,
    unsigned: palette.red,
    untrusted: palette.red,
    unknown: palette.yellow,
  };
  const counts = countReleases(releases);
  const cells = columns.map((column): Cell => {
    const paint = counts[column] > 0 ? paints[column] : undefined;
    return { text: String(counts[column]), ...(paint && { paint }) };
  });
  return [{ text: escapeText(repository) }, { text: String(releases.length) }, ...cells];
}

/** `tag  cause  since DATE  ID`; without the tag for what is about the repository itself. */
function findingLines(findings: readonly TableFinding[], palette: Palette): string[] {
  return findings.map((finding) => {
    const tag = finding.tag === null ? "" : `${escapeText(finding.tag)}  `;
    return `  ${tag}${palette.yellow(finding.cause)}  since ${formatDay(finding.openedAt)}  ${nameOf(finding)}`;
  });
}

/** The id, and what somebody said of it. */
function nameOf({ id, status, formerAcknowledgement }: TableFinding): string {
  if (status === "acknowledged") return `${id} (acknowledged)`;
  return formerAcknowledgement === undefined || formerAcknowledgement === null ? id : `${id} (no longer acknowledged)`;
}

function releaseCells(release: TableRelease, findings: readonly TableFinding[], palette: Palette): Cell[] {
  const paint = { signed: palette.green, unsigned: palette.red, untrusted: palette.red, unknown: palette.yellow, pending: palette.dim }[
    release.verdict
  ];
  return [
    { text: escapeText(release.tag) },
    { text: release.verdict, paint },
    { text: release.reason === null ? (findings[0]?.cause ?? "-") : escapeText(release.reason) },
    { text: `since ${formatDay(release.since)}` },
    { text: findings.length > 0 ? findings.map(nameOf).join(", ") : release.exemption === null ? "" : "-" },
    { text: release.exemption === null ? "" : "exempt" },
  ];
}
