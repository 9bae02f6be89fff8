import { formatJson } from "../../lib/text/escape.ts";
import { formatFindingDocument } from "../../lib/notification/finding-document.ts";
import { renderFindingPage, renderFindingsTable } from "../terminal/findings-table.ts";
import { historyPath, namesHistory, type CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { readHistory } from "../doors/with-history.ts";
import { findOne, matches, readFilter, type FilterOptions } from "./find-findings.ts";

interface FindingsOptions extends CommonOptions {
  readonly json?: true;
}

/** Prints the findings that the filter asks for, newest first; open and acknowledged ones unless it names a status. */
export async function listFindings(options: FindingsOptions & FilterOptions): Promise<number> {
  const filter = readFilter(options);
  const live = filter.status === null || filter.status === "open" || filter.status === "acknowledged";
  return readHistory(options, async (store) => {
    const findings = store === null ? [] : (await store.findings({ live })).filter((finding) => matches(finding, filter));
    const none = Object.values(filter).every((wanted) => wanted === null) ? "No open findings.\n" : "No findings are of these.\n";
    const table = findings.length === 0 ? none : renderFindingsTable(findings, paletteFor(process.stdout));
    await writeResult(options.json === true ? `${formatJson(findings.map(formatFindingDocument))}\n` : table);
    return 0;
  });
}

/** Prints one finding in full. */
export async function showFinding(id: string, options: FindingsOptions): Promise<number> {
  return readHistory(options, async (store) => {
    const finding = await findOne(id, store);
    const history = namesHistory(options) ? historyPath(options) : null;
    const text = options.json === true ? `${formatJson(formatFindingDocument(finding))}\n` : renderFindingPage(finding, { history });
    await writeResult(text);
    return 0;
  });
}
