import { escapeText } from "../text/escape.ts";
import type { ReportModel, ReportRelease } from "./report-model.ts";

/** The columns by name. `; ` separates several values in one cell. */
const COLUMNS: Readonly<Record<string, (release: ReportRelease) => string>> = {
  repository: ({ repository }) => repository,
  tag: ({ tag }) => tag,
  digest: ({ digest }) => digest ?? "",
  first_seen: ({ firstSeen }) => firstSeen,
  verdict: ({ verdict, ended }) => ended?.why ?? verdict,
  reason: ({ reason }) => reason ?? "",
  worst_verdict: ({ worstVerdict }) => worstVerdict,
  unsigned_hours: ({ unsignedHours }) => String(unsignedHours),
  signers: ({ signers }) => join(signers.map(({ signer }) => signer)),
  signed_at: ({ signers }) => join(signers.flatMap(({ signedAt }) => signedAt ?? [])),
  evidence_digest: ({ signers }) => join(signers.map(({ artifact }) => artifact)),
  exemption: ({ exemption }) => exemption?.reason ?? "",
  exemption_owner: ({ exemption }) => exemption?.owner ?? "",
  exemption_until: ({ exemption }) => exemption?.until ?? "",
  acknowledged_by: ({ acknowledgedBy }) => join(acknowledgedBy),
  policy: ({ policy }) => policy ?? "",
  last_checked: ({ lastChecked }) => lastChecked ?? "",
};

const CELL_LIMIT_CHARACTERS = 4096;
/** Includes full-width forms: East Asian spreadsheets read them like the narrow ones. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** The number of rows in one piece: small enough for a pipe, however many releases a repository has. */
const ROWS_TOGETHER = 500;

/** Formats one line per release below a header line, newest first in each repository (RFC 4180). Yields pieces. */
export function* formatCsv({ repositories }: Pick<ReportModel, "repositories">): Generator<string> {
  yield formatCsvHeader();
  for (const { releases } of repositories) yield* formatCsvRows(releases);
}

/** Returns the header line. */
export function formatCsvHeader(): string {
  return `${Object.keys(COLUMNS).join(",")}\r\n`;
}

/** Yields the lines of some releases in pieces. */
export function* formatCsvRows(releases: readonly ReportRelease[]): Generator<string> {
  const columns = Object.values(COLUMNS);
  for (let at = 0; at < releases.length; at += ROWS_TOGETHER) {
    const rows = releases.slice(at, at + ROWS_TOGETHER);
    yield rows.map((release) => `${columns.map((read) => formatCell(read(release))).join(",")}\r\n`).join("");
  }
}

/** Formats a cell. An apostrophe marks text that a spreadsheet could run: https://owasp.org/www-community/attacks/CSV_Injection */
export function formatCell(text: string): string {
  const shown = escapeText(text, CELL_LIMIT_CHARACTERS);
  const safe = FORMULA.test(shown.trimStart()) ? `'${shown}` : shown;
  return /[",]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function join(values: readonly string[]): string {
  return [...new Set(values)].join("; ");
}
