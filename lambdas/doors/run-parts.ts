import type { AgainPart, Part, RunPlan } from "../../lib/audit/parts/part.ts";
import type { RunTexts } from "../../lib/history/dynamodb/run-texts.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** What the calls of one run leave for each other. */
export interface RunParts {
  savePlan(plan: RunPlan): Promise<void>;
  /** Null where the run was not planned yet. */
  findPlan(): Promise<RunPlan | null>;
  loadPlan(): Promise<RunPlan>;
  savePart(part: Part): Promise<void>;
  loadPart(repository: string): Promise<Part | null>;
  /** `nth`: of the calls that read some of the repository's releases again. */
  saveAgain(part: AgainPart, nth: number): Promise<void>;
  /** Of all repositories. */
  loadAgain(): Promise<AgainPart[]>;
}

const AGAIN = "again#";

/** What is read here was written here: the types are those that were written. */
export function openRunParts(texts: RunTexts, run: string): RunParts {
  const save = (name: string, value: object): Promise<void> => texts.save(run, name, JSON.stringify(value));
  const load = async <T>(name: string): Promise<T | null> => {
    const text = await texts.load(run, name);
    return text === null ? null : (JSON.parse(text) as T);
  };
  return {
    savePlan: (plan) => save("plan", plan),
    findPlan: () => load<RunPlan>("plan"),
    async loadPlan() {
      const plan = await load<RunPlan>("plan");
      if (plan === null) throw new SealwatchError("internal", `load the plan of the run of ${run}: it was never planned`);
      return plan;
    },
    savePart: (part) => save(`part#${part.repository}`, part),
    loadPart: (repository) => load<Part>(`part#${repository}`),
    saveAgain: (part, nth) => save(`${AGAIN}${part.repository}#${nth}`, part),
    async loadAgain() {
      const names = (await texts.names(run)).filter((name) => name.startsWith(AGAIN));
      return (await Promise.all(names.map((name) => load<AgainPart>(name)))).filter((part) => part !== null);
    },
  };
}
