import type { RunTexts } from "../history/dynamodb/run-texts.ts";
import type { Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { AgainPart, Called, Part, RunPlan } from "./part.ts";

/** A plan for calls that know nothing of each other. All of them work by the watch list that was packed for it. */
export interface KeptPlan extends RunPlan {
  /** The digest under which the packed watch list is kept. */
  readonly packed: Digest;
}

/** What the calls of one run leave for each other. */
export interface KeptParts {
  savePlan(plan: KeptPlan): Promise<void>;
  /** Returns null if the run was not planned yet. */
  findPlan(): Promise<KeptPlan | null>;
  /** Throws SealwatchError `internal` if the run was not planned. */
  loadPlan(): Promise<KeptPlan>;
  /** Keeps the part, unless a faster call has finished the repository already. Returns whether the repository is done. */
  savePart(part: Called<Part>): Promise<boolean>;
  loadPart(repository: string): Promise<Called<Part> | null>;
  /** Keeps the `nth` part of the releases of its repository that were read again. */
  saveAgain(part: Called<AgainPart>, nth: number): Promise<void>;
  /** Returns what was read again of all repositories. */
  loadAgain(): Promise<Called<AgainPart>[]>;
}

const AGAIN = "again#";

/** Opens what the calls of a run leave for each other. The types are trusted, because only these methods wrote the texts. */
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
