import { planAudit } from "../../lib/inspect/plan-audit.ts";
import type { PlanDocument, PlannedRepositoryDocument } from "../../lib/audit/audit-document.ts";
import { escapeText, formatJson } from "../../lib/text/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { openRegistries } from "../doors/registries.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { readWatchList } from "../doors/watch-list.ts";

/** Prints what an audit would look at. Returns 2 if a login is refused, 3 if anything else could not be listed. */
export async function plan(options: CommonOptions & { readonly json?: true }): Promise<number> {
  const { watchList } = readWatchList(options);
  const signal = stopOnSignals();
  const clients = await openRegistries(watchList.registries, signal);
  try {
    const document = await planAudit(watchList, clients);
    if (signal.aborted) throw new SealwatchError("aborted", "plan: stopped; it judges and records nothing");
    await writeResult(options.json === true ? `${formatJson(document)}\n` : render(document));
    const logins = [...document.patterns.map(({ login }) => login), ...document.repositories.map(({ login }) => login.answer)];
    if (logins.includes("refused")) return 2;
    const isWhole = [...document.patterns, ...document.repositories].every(({ failure }) => failure === null);
    return isWhole ? 0 : 3;
  } finally {
    await clients.close();
  }
}

function render(document: PlanDocument): string {
  const lines = [...document.patterns.map(renderPattern), ...document.repositories.flatMap(renderRepository)];
  return `${[...lines, `about ${document.requests} requests on an unchanged night`].join("\n")}\n`;
}

function renderPattern({ pattern, repositories, failure }: PlanDocument["patterns"][number]): string {
  const broken = failure === null ? "" : `, listing not complete: ${escapeText(failure)}`;
  return `${escapeText(pattern)}  ${repositories} repositories${broken}`;
}

const TAGS_SHOWN = 20;
/** The remedy stands at the end of a detail, after names that a certificate chose. */
const DETAIL_LIMIT_CHARACTERS = 1024;

function renderRepository(planned: PlannedRepositoryDocument): string[] {
  const { login, releases, tags } = planned;
  const head = `${escapeText(planned.repository)}  policy ${escapeText(planned.policy)}  ${login.answer === "accepted" ? escapeText(login.detail.replace(/^read as /, "login accepted: ")) : `login ${login.answer}: ${escapeText(login.detail, DETAIL_LIMIT_CHARACTERS)}`}`;
  if (tags === null) return [head];
  const shown = releases.slice(0, TAGS_SHOWN).map(({ tag }) => escapeText(tag));
  const more = releases.length > shown.length ? `, and ${releases.length - shown.length} more` : "";
  const left = Object.entries(planned.leftOut).map(([reason, count]) => `${count} ${reason}`);
  const lines = [head, `  ${tags} tags, ${releases.length} releases${shown.length > 0 ? `: ${shown.join(", ")}${more}` : ""}`];
  if (left.length > 0) lines.push(`  left out: ${left.join(", ")}`);
  if (planned.nothingWatched !== null) lines.push(`  warning: nothing is watched: ${escapeText(planned.nothingWatched)}`);
  if (planned.failure !== null) lines.push(`  listing not complete: ${escapeText(planned.failure, DETAIL_LIMIT_CHARACTERS)}`);
  return lines;
}
