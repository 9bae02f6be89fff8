import { CAUSES, type Cause } from "../../lib/history/cause.ts";
import { WATCH_LIST_NAME, type Finding } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { Severity } from "../../lib/watchlist/watch-list.ts";

/** What a person asks for, as text. */
export interface FilterOptions {
  readonly owner?: string | undefined;
  readonly severity?: string | undefined;
  readonly cause?: string | undefined;
  readonly repository?: string | undefined;
  readonly status?: string | undefined;
}

/** What findings must have; null where any will do. */
interface Filter {
  readonly owner: string | null;
  readonly severity: Severity | null;
  readonly cause: Cause | null;
  readonly repository: string | null;
  readonly status: Finding["status"] | null;
}

const WORDS = Object.keys(CAUSES) as Cause[];
const SEVERITIES: readonly Severity[] = ["alert", "warning", "notice"];
const STATUSES: readonly Finding["status"][] = ["open", "acknowledged", "resolved", "withdrawn"];

/** Parses a filter. @throws SealwatchError `usage` for a word that nothing has. */
export function readFilter({ owner, severity, cause, repository, status }: FilterOptions): Filter {
  return {
    owner: owner ?? null,
    severity: readWord("--severity", severity, SEVERITIES),
    cause: readWord("--cause", cause, WORDS),
    repository: repository === undefined ? null : readName(repository),
    status: readWord("--status", status, STATUSES),
  };
}

/** Reports whether a finding has all that the filter asks for. */
export function matches({ facts, severity, cause, repository, status }: Finding, filter: Filter): boolean {
  const is = { owner: facts.owner, severity, cause, repository, status };
  return (Object.keys(is) as (keyof Filter)[]).every((key) => filter[key] === null || filter[key] === is[key]);
}

/** Returns the finding that an id, or a unique beginning of at least 4 characters, names. @throws SealwatchError `usage` if none does. */
export async function findOne(id: string, store: HistoryStore | null): Promise<Finding> {
  const prefix = id.toUpperCase();
  if (!/^[0-9A-Z]{4,8}$/.test(prefix))
    throw new SealwatchError("usage", `findings: ${id} is no id; ids have 8 letters and digits, and the first 4 may be enough`);
  const [finding, other] = store === null ? [] : await store.findingsByPrefix(prefix);
  if (finding === undefined)
    throw new SealwatchError("usage", `findings: there is no finding ${prefix}; sealwatch findings lists the open ones`);
  if (other !== undefined) throw new SealwatchError("usage", `findings: ${prefix} begins more than one id; write more of it`);
  return finding;
}

function readWord<Word extends string>(option: string, text: string | undefined, words: readonly Word[]): Word | null {
  if (text === undefined) return null;
  const word = words.find((one) => one === text);
  if (word === undefined) throw new SealwatchError("usage", `${option} ${text}: write one of ${words.join(", ")}`);
  return word;
}

/** The watch list has findings as if it were a repository. */
function readName(text: string): string {
  if (text === WATCH_LIST_NAME) return text;
  const parsed = parseRepository(text);
  if (parsed.kind === "malformed") throw new SealwatchError("usage", `--repository ${text}: ${parsed.detail}`);
  return parsed.repository.name;
}
