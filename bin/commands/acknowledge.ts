import { acknowledgeFinding, isFarAway, parseUntil, reopenFinding } from "../../lib/history/findings/acknowledge.ts";
import { noteStep } from "../../lib/history/findings/finding-steps.ts";
import type { Finding } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { withHistory } from "../doors/with-history.ts";
import { findOne, matches, readFilter, type FilterOptions } from "./find-findings.ts";

interface AcknowledgeOptions extends CommonOptions, Pick<FilterOptions, "repository" | "cause"> {
  readonly until: string;
  readonly reason: string;
  readonly owner: string;
  readonly force?: true;
}

/**
 * Acknowledges findings until a time, with a reason and an owner: those with these ids, or all open ones of a repository or cause. If one of
 * them cannot be acknowledged, none is. The time is that of the day, whatever `--now` says.
 */
export async function acknowledge(ids: readonly string[], options: AcknowledgeOptions): Promise<number> {
  const now = Date.now();
  const [reason, owner] = [readWords("--reason", options.reason), readWords("--owner", options.owner)];
  const until = parseUntil(options.until, now);
  if (isFarAway(until, now) && options.force !== true)
    throw new SealwatchError("usage", `--until ${options.until}: that is more than a year away; write --force as well if it is meant`);
  // The owner here is who takes the findings on, and no filter.
  const { repository, cause } = options;
  const request = { until, reason, owner, now };
  return change(ids, { ...options, repository, cause, owner: undefined }, (finding) => acknowledgeFinding(finding, request));
}

/** Takes acknowledgements back. */
export async function reopen(ids: readonly string[], options: CommonOptions): Promise<number> {
  const at = new Date().toISOString();
  return change(ids, options, (finding) => noteStep(reopenFinding(finding), { by: "person", at }));
}

/** Messages show how to acknowledge with an ellipsis where a person has to write something. */
function readWords(option: string, text: string): string {
  const words = text.trim();
  if (words === "" || /^(?:…|\.{2,}|-+)$/.test(words))
    throw new SealwatchError("usage", `findings acknowledge: ${option} ${text}: write it in words, for whoever reads it in a year`);
  return words;
}

async function change(
  ids: readonly string[],
  options: CommonOptions & FilterOptions,
  decide: (finding: Finding) => Finding,
): Promise<number> {
  return withHistory(options, async (store) => {
    const next = (await choose(ids, options, store)).map(decide);
    for (const finding of next) {
      if (store !== null) await store.saveFinding(finding);
      const until = finding.status === "acknowledged" ? ` until ${finding.acknowledgement?.until.slice(0, 16).replace("T", " ")} UTC` : "";
      await writeResult(`${finding.id} ${finding.status}${until}\n`);
    }
    return 0;
  });
}

async function choose(ids: readonly string[], options: FilterOptions, store: HistoryStore | null): Promise<Finding[]> {
  const filter = readFilter(options);
  const filtered = filter.repository !== null || filter.cause !== null;
  if (filtered === ids.length > 0)
    throw new SealwatchError("usage", "findings acknowledge: write ids, or --repository or --cause for all open findings of these");
  const findings = new Map<string, Finding>();
  for (const id of ids) {
    const finding = await findOne(id, store);
    findings.set(finding.id, finding);
  }
  if (!filtered || store === null) return [...findings.values()];
  const open = (await store.findings({ live: true })).filter((finding) => finding.status === "open" && matches(finding, filter));
  if (open.length === 0) throw new SealwatchError("usage", "findings acknowledge: no open finding is of these");
  return open;
}
