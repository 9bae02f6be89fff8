import type { Call, CallObserver } from "./aws-proxy.ts";

/** When something is to go wrong: at the n-th call of that action by that role. */
export interface Interruption {
  /** Logical id. */
  readonly role: string;
  readonly action: string;
  /** From 1; the first, where nothing is said. */
  readonly nth?: number;
  /** Before the service has done it, or after. */
  readonly phase: Call["phase"];
  /** `kill` the process that called, or only `cut` its connection: it sees an error of the network and may repeat. */
  readonly how: "kill" | "cut";
}

/** Counts calls and interrupts those that it was told to, each once. */
export class Interruptions {
  readonly #planned: { readonly plan: Interruption; seen: number; done: boolean }[] = [];

  plan(plan: Interruption): void {
    this.#planned.push({ plan, seen: 0, done: false });
  }

  /** From now on, nothing goes wrong. */
  clear(): void {
    this.#planned.length = 0;
  }

  /** What was planned and did not come: a test that waits for it proves nothing. */
  get outstanding(): readonly Interruption[] {
    return this.#planned.filter(({ done }) => !done).map(({ plan }) => plan);
  }

  observe(kill: (instance: string) => void): CallObserver {
    return ({ caller, actions, phase }) => {
      const fitting = this.#planned.filter(
        ({ plan }) => caller.role === plan.role && phase === plan.phase && actions.includes(plan.action),
      );
      for (const one of fitting) one.seen++;
      const due = fitting.find(({ plan, seen, done }) => !done && seen === (plan.nth ?? 1));
      if (due === undefined) return undefined;
      due.done = true;
      if (due.plan.how === "kill" && caller.instance !== null) kill(caller.instance);
      return "cut";
    };
  }
}
