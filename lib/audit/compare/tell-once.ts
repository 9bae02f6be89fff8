import type { RetentionFacts } from "../../history/retention-facts.ts";
import type { RepositoryState, RunId } from "../../history/state.ts";
import { countOf } from "../../text/count-of.ts";
import type { Run } from "../audit-ports.ts";
import type { OnceToldChange, RepositoryChange, RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";
import type { RepositoryForecast } from "./forecast-removals.ts";

const ENDING_DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;
const EXEMPTION = "exemption ";
const RETENTION = "retention ";

/**
 * Returns what is told once for a repository and a thing: a signer whose signatures are in another place now, an exemption that ends within
 * a week, or a rule by which a registry will remove signatures (architecture section 5). The notice of an exemption that is over, extended
 * or gone is withdrawn without a message. A rule that takes nothing more is told as recovered, and nothing is said of one that cannot be
 * read. `forecasts` is null if the repository could not be listed.
 */
export function tellOnce(
  outcome: RepositoryOutcome,
  summary: RepositorySummary,
  previous: RepositoryState,
  forecasts: readonly RepositoryForecast[] | null,
  run: Run,
): { changes: RepositoryChange[]; toldOnce: RepositoryState["toldOnce"] } {
  const before = previous.toldOnce ?? {};
  const ending = findEnding(outcome, run);
  const moved = previous.baselineRun === null ? [] : summary.moved;
  const ahead = (forecasts ?? []).flatMap((forecast) => (forecast.ahead ?? []).map((facts) => describeAhead(facts, run)));
  const fresh = [...ending, ...moved, ...ahead].filter(({ about }) => before[about] === undefined);
  const wanted = new Set([...ending, ...ahead].map(({ about }) => about));
  const unread = forecasts?.flatMap((forecast) => (forecast.ahead === null ? aboutRule(forecast.repository, "") : [])) ?? [RETENTION];
  const over = Object.keys(before)
    .filter((about) => !wanted.has(about) && !unread.some((prefix) => about.startsWith(prefix)))
    .flatMap(describeEnd);
  if (fresh.length === 0 && over.length === 0) return { changes: [], toldOnce: previous.toldOnce };
  const ended = new Set(over.map(({ about }) => about));
  const kept = Object.entries(before).filter(([about]) => !ended.has(about));
  const toldOnce: Record<string, RunId> = Object.fromEntries([...kept, ...fresh.map(({ about }) => [about, run.id] as const)]);
  return { changes: [...fresh, ...over], toldOnce };
}

function describeAhead(retention: RetentionFacts, run: Run): OnceToldChange {
  const { repository, rule, how, signatures, at } = retention;
  const days = Math.ceil((Date.parse(at) - run.now) / DAY_MILLISECONDS);
  const when = days <= 0 ? "within a day" : `in ${countOf(days, "day")}`;
  const explanation = `${when} the policy "${rule}" ${how} ${countOf(signatures, "signature")} of releases that stay`;
  return { cause: "retention-ahead", kind: "opened", explanation, about: aboutRule(repository, rule), facts: { retention } };
}

/** A signer's signatures that moved have no end. */
function describeEnd(about: string): OnceToldChange[] {
  if (about.startsWith(EXEMPTION))
    return [{ cause: "exemption-ending", kind: "withdrawn", explanation: "the exemption is over, or was changed", about }];
  if (!about.startsWith(RETENTION)) return [];
  return [{ cause: "retention-ahead", kind: "recovered", explanation: "the policy takes no signature of a release that stays", about }];
}

/** No name of a repository contains a space. */
function aboutRule(repository: string, rule: string): string {
  return `${RETENTION}${repository} ${rule}`;
}

function findEnding({ item, exemptions }: RepositoryOutcome, run: Run): OnceToldChange[] {
  return exemptions
    .filter(({ repository, until }) => repository === item.name && run.now <= until && until - run.now <= ENDING_DAYS * DAY_MILLISECONDS)
    .map(({ tags, reason, owner, until }) => {
      const exemption = { tags, reason, owner, until: new Date(until).toISOString() };
      const about = `${EXEMPTION}${tags.join(" ")} ${exemption.until}`;
      const explanation = `an exemption ends after ${exemption.until.slice(0, 10)}`;
      return { cause: "exemption-ending", kind: "opened", explanation, about, facts: { exemption } };
    });
}
