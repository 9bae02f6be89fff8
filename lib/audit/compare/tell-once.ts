import type { RepositoryState, RunId } from "../../history/state.ts";
import type { Run } from "../audit-ports.ts";
import type { OnceToldChange, RepositoryChange, RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";

const ENDING_DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;
const EXEMPTION = "exemption ";

/**
 * Returns what is told once for a repository and a thing: a signer whose signatures are in another place now, or an exemption that ends
 * within a week (architecture section 5). The notice of an exemption that is over, extended or gone is withdrawn without a message.
 */
export function tellOnce(
  outcome: RepositoryOutcome,
  summary: RepositorySummary,
  previous: RepositoryState,
  run: Run,
): { changes: RepositoryChange[]; toldOnce: RepositoryState["toldOnce"] } {
  const before = previous.toldOnce ?? {};
  const ending = findEnding(outcome, run);
  const moved = previous.baselineRun === null ? [] : summary.moved;
  const fresh = [...ending, ...moved].filter(({ about }) => before[about] === undefined);
  const wanted = new Set(ending.map(({ about }) => about));
  const over = Object.keys(before).filter((about) => about.startsWith(EXEMPTION) && !wanted.has(about));
  if (fresh.length === 0 && over.length === 0) return { changes: [], toldOnce: previous.toldOnce };
  const kept = Object.entries(before).filter(([about]) => !over.includes(about));
  const toldOnce: Record<string, RunId> = Object.fromEntries([...kept, ...fresh.map(({ about }) => [about, run.id] as const)]);
  const withdrawn = over.map((about): RepositoryChange => {
    return { cause: "exemption-ending", kind: "withdrawn", explanation: "the exemption is over, or was changed", about };
  });
  return { changes: [...fresh, ...withdrawn], toldOnce };
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
