import type { ReleaseDocument } from "../../lib/audit/audit-document.ts";
import type { FindingDocument } from "../../lib/notification/finding-document.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { formatDay } from "../../lib/text/format-time.ts";
import { columnsOf, countReleases } from "./count-releases.ts";

/** The part of an audit that GitHub's page shows. */
export interface GithubAudit {
  readonly repositories: readonly { readonly repository: string }[];
  readonly releases: readonly GithubRelease[];
  readonly run: { readonly id: string };
  readonly findings: readonly GithubFinding[];
}

export type GithubFinding = Pick<FindingDocument, "cause" | "severity" | "status" | "repository" | "tag" | "openedAt">;

export type GithubRelease = Pick<ReleaseDocument, "repository" | "tag" | "verdict" | "reason" | "explanation" | "since"> & {
  readonly exemption: unknown;
};

/** GitHub shows ten annotations of each kind for each step. */
const ANNOTATIONS_LIMIT = 10;
/** A summary may have 1 MiB; a person reads far less. */
const ROWS_LIMIT = 200;

/** Renders the summary of a job as Markdown: counts for each repository, then the releases that are not signed. */
export function renderGithubSummary({ repositories, releases }: Pick<GithubAudit, "repositories" | "releases">): string {
  const columns = columnsOf(releases);
  const byRepository = Map.groupBy(releases, ({ repository }) => repository);
  const counts = repositories.map(({ repository }) => {
    const own = byRepository.get(repository) ?? [];
    const counted = countReleases(own);
    return row([cell(repository), own.length, ...columns.map((column) => counted[column])]);
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
    row(["Repository", "Releases", ...columns.map((word) => `${word[0]!.toUpperCase()}${word.slice(1)}`)]),
    row(Array.from({ length: columns.length + 2 }, () => "---")),
  ];
  const list = [row(["Repository", "Tag", "Verdict", "Reason", "Since"]), row(Array.from({ length: 5 }, () => "---")), ...rows, ...rest];
  return ["## Sealwatch", "", ...head, ...counts, ...(open.length === 0 ? [] : ["", ...list]), ""].join("\n");
}

/**
 * Renders workflow commands: an error for each alert that is open, those of this run first; a notice for each release that is unsigned or
 * untrusted, and not exempt, without one, because it was so from the beginning or somebody has taken it on.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderGithubAnnotations({ run, releases, findings }: GithubAudit): string[] {
  const known = new Map(releases.map((release) => [keyOf(release), release]));
  const alerts = findings
    .filter(({ severity, status }) => severity === "alert" && status === "open")
    .toSorted((left, right) => Number(right.openedAt === run.id) - Number(left.openedAt === run.id));
  const alerted = new Set(alerts.map(keyOf));
  const errors = alerts.map((alert) => {
    const release = known.get(keyOf(alert));
    const word = release?.verdict === "unsigned" || release?.verdict === "untrusted" ? release.verdict : alert.cause;
    return annotate("error", nameOf(alert), word, release?.explanation ?? alert.cause);
  });
  const rest = releases.filter(
    (release) =>
      (release.verdict === "unsigned" || release.verdict === "untrusted") && release.exemption === null && !alerted.has(keyOf(release)),
  );
  const notices = rest.map((release) => annotate("notice", nameOf(release), release.verdict, release.explanation));
  return [...errors.slice(0, ANNOTATIONS_LIMIT), ...notices.slice(0, ANNOTATIONS_LIMIT)];
}

type Named = { readonly repository: string | null; readonly tag: string | null };

function keyOf({ repository, tag }: Named): string {
  return JSON.stringify([repository, tag]);
}

function nameOf({ repository, tag }: Named): string {
  return `${repository ?? "the watch list"}${tag === null ? "" : `:${tag}`}`;
}

function annotate(command: "error" | "notice", name: string, word: string, text: string): string {
  return `::${command} title=${escapeProperty(escapeText(`${name} ${word}`))}::${escapeData(escapeText(text))}`;
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
