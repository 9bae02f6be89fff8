import type { ReleaseDocument } from "../../lib/audit/audit-document.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { formatDay } from "../../lib/text/format-time.ts";

/** The part of an audit that GitHub's page shows. */
export interface GithubAudit {
  readonly repositories: readonly { readonly repository: string }[];
  readonly releases: readonly GithubRelease[];
}

export type GithubRelease = Pick<ReleaseDocument, "repository" | "tag" | "verdict" | "reason" | "explanation" | "since"> & {
  readonly exemption: unknown;
};

/** GitHub shows ten annotations for each step. */
const ANNOTATIONS_LIMIT = 10;
/** A summary may have 1 MiB; a person reads far less. */
const ROWS_LIMIT = 200;
const VERDICTS = ["signed", "unsigned", "untrusted", "unknown"] as const;

/** Renders the summary of a job as Markdown: counts for each repository, then the releases that are not signed. */
export function renderGithubSummary({ repositories, releases }: GithubAudit): string {
  const byRepository = Map.groupBy(releases, ({ repository }) => repository);
  const counts = repositories.map(({ repository }) => {
    const own = byRepository.get(repository) ?? [];
    const cells = VERDICTS.map((verdict) => own.filter((release) => release.verdict === verdict).length);
    const exempt = own.filter(({ exemption }) => exemption !== null).length;
    return row([cell(repository), own.length, ...cells, exempt]);
  });
  const open = releases.filter(({ verdict }) => verdict !== "signed");
  const rows = open.slice(0, ROWS_LIMIT).map((release) => {
    const exempt = release.exemption === null ? "" : " (exempt)";
    return row([
      cell(release.repository),
      cell(release.tag),
      `${release.verdict}${exempt}`,
      cell(release.reason ?? ""),
      formatDay(release.since),
    ]);
  });
  const rest = open.length > rows.length ? ["", `… and ${open.length - rows.length} more`] : [];
  const head = [
    row(["Repository", "Releases", "Signed", "Unsigned", "Untrusted", "Unknown", "Exempt"]),
    row(Array.from({ length: 7 }, () => "---")),
  ];
  const list = [row(["Repository", "Tag", "Verdict", "Reason", "Since"]), row(Array.from({ length: 5 }, () => "---")), ...rows, ...rest];
  return ["## Sealwatch", "", ...head, ...counts, ...(open.length === 0 ? [] : ["", ...list]), ""].join("\n");
}

/**
 * Renders workflow commands for releases that are unsigned or untrusted and not exempt.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderGithubErrors({ releases }: GithubAudit): string[] {
  const bad = releases.filter(({ verdict, exemption }) => (verdict === "unsigned" || verdict === "untrusted") && exemption === null);
  return bad.slice(0, ANNOTATIONS_LIMIT).map(({ repository, tag, verdict, explanation }) => {
    const title = escapeProperty(escapeText(`${repository}:${tag} ${verdict}`));
    return `::error title=${title}::${escapeData(escapeText(explanation))}`;
  });
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Escapes foreign text for a table, so that none of it is Markdown or HTML. */
function cell(text: string): string {
  return escapeText(text).replace(/[\\|`*_[\]<>&#!~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
