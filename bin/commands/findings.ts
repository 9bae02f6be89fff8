import { formatJson } from "../../lib/text/escape.ts";
import { formatFindingDocument } from "../../lib/notification/finding-document.ts";
import { renderFindingPage, renderFindingsTable } from "../terminal/findings-table.ts";
import { acknowledgeFinding, parseUntil, reopenFinding } from "../../lib/history/findings/acknowledge.ts";
import { noteStep } from "../../lib/history/findings/finding-steps.ts";
import type { Finding } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { historyPath, namesHistory, type CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { readHistory, withHistory } from "../doors/with-history.ts";

interface FindingsOptions extends CommonOptions {
  readonly json?: true;
}

/** Prints the open and acknowledged findings, newest first. */
export async function listFindings(options: FindingsOptions): Promise<number> {
  return readHistory(options, async (store) => {
    const findings = store === null ? [] : await store.findings({ live: true });
    const table = findings.length === 0 ? "No open findings.\n" : renderFindingsTable(findings, paletteFor(process.stdout));
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

interface AcknowledgeOptions extends CommonOptions {
  readonly until: string;
  readonly reason: string;
  readonly owner: string;
}

/** Acknowledges a finding until a time, with a reason and an owner. */
export async function acknowledge(id: string, options: AcknowledgeOptions): Promise<number> {
  // What people say has the time of day, whatever time a run is for.
  const now = Date.now();
  const [reason, owner] = [options.reason.trim(), options.owner.trim()];
  if (reason === "" || owner === "") throw new SealwatchError("usage", "findings acknowledge: write a reason and an owner");
  const request = { until: parseUntil(options.until, now), reason, owner, now };
  return change(id, options, (finding) => acknowledgeFinding(finding, request));
}

/** Takes back an acknowledgement. */
export async function reopen(id: string, options: CommonOptions): Promise<number> {
  const at = new Date().toISOString();
  return change(id, options, (finding) => noteStep(reopenFinding(finding), { by: "person", at }));
}

async function change(id: string, options: CommonOptions, decide: (finding: Finding) => Finding): Promise<number> {
  return withHistory(options, async (store) => {
    const finding = await findOne(id, store);
    const next = decide(finding);
    if (store !== null) await store.saveFinding(next);
    const until = next.status === "acknowledged" ? ` until ${next.acknowledgement?.until.slice(0, 16).replace("T", " ")} UTC` : "";
    await writeResult(`${next.id} ${next.status}${until}\n`);
    return 0;
  });
}

/** Returns the finding that an id, or a unique beginning of at least 4 characters, names. */
async function findOne(id: string, store: HistoryStore | null): Promise<Finding> {
  const prefix = id.toUpperCase();
  if (!/^[0-9A-Z]{4,8}$/.test(prefix))
    throw new SealwatchError("usage", `findings: ${id} is no id; ids have 8 letters and digits, and the first 4 may be enough`);
  const [finding, other] = store === null ? [] : await store.findingsByPrefix(prefix);
  if (finding === undefined)
    throw new SealwatchError("usage", `findings: there is no finding ${prefix}; sealwatch findings lists the open ones`);
  if (other !== undefined) throw new SealwatchError("usage", `findings: ${prefix} begins more than one id; write more of it`);
  return finding;
}
