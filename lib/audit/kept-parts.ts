import type { RunTexts } from "../history/dynamodb/run-texts.ts";
import type { Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { AgainPart, Called, Part, RunPlan } from "./part.ts";

/** A plan for calls that know nothing of each other: all of them work by one watch list. */
export interface KeptPlan extends RunPlan {
  /** The digest under which the packed watch list is kept. */
  readonly packed: Digest;
}

/** What the calls of one run leave for each other. */
export interface KeptParts {
  savePlan(plan: KeptPlan): Promise<void>;
  /** Null if the run was not planned yet. */
  findPlan(): Promise<KeptPlan | null>;
  /** Throws SealwatchError `internal` if the run was not planned. */
  loadPlan(): Promise<KeptPlan>;
  /** Keeps the part, unless another call, which was faster, has finished the repository already. Answers whether the repository is done. */
  savePart(part: Called<Part>): Promise<boolean>;
  loadPart(repository: string): Promise<Called<Part> | null>;
  /** `nth`: of the calls that read some of the repository's releases again. */
  saveAgain(part: Called<AgainPart>, nth: number): Promise<void>;
  /** Of all repositories. */
  loadAgain(): Promise<Called<AgainPart>[]>;
}

const AGAIN = "again#";

/** What is read here was written here: its types are those that were written. */
export function openKeptParts(texts: RunTexts, run: string): KeptParts {
  const save = (name: string, value: object): Promise<void> => texts.save(run, name, JSON.stringify(value));
  const load = async <T>(name: string): Promise<T | null> => {
    const text = await texts.load(run, name);
    return text === null ? null : (JSON.parse(text) as T);
  };
  const loadPart = (repository: string): Promise<Called<Part> | null> => load(`part#${repository}`);
  return {
    savePlan: (plan) => save("plan", plan),
    findPlan: () => load("plan"),
    async loadPlan() {
      const plan = await load<KeptPlan>("plan");
      if (plan === null) throw new SealwatchError("internal", `load the plan of the run of ${run}: it was never planned`);
      return plan;
    },
    async savePart(part) {
      if (!part.done && (await loadPart(part.repository))?.done) return true;
      await save(`part#${part.repository}`, part);
      return part.done;
    },
    loadPart,
    saveAgain: (part, nth) => save(`${AGAIN}${part.repository}#${nth}`, part),
    async loadAgain() {
      const names = (await texts.names(run)).filter((name) => name.startsWith(AGAIN));
      return (await Promise.all(names.map((name) => load<Called<AgainPart>>(name)))).filter((part) => part !== null);
    },
  };
}
