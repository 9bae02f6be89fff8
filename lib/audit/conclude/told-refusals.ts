import type { FindingStore } from "../../history/store.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import { planWork } from "../release-night.ts";

/** Which repository of a registry tells that the registry refuses the credentials: one tells it for all. */
export class ToldRefusals {
  readonly #tellers: Map<string, string>;

  private constructor(tellers: Map<string, string>) {
    this.#tellers = tellers;
  }

  /** Begins with the open findings of earlier runs, but for repositories that this run was `answered` for, or that are not watched. */
  static async load({ repositories }: WatchList, answered: ReadonlySet<string>, store: FindingStore): Promise<ToldRefusals> {
    const registries = new Map(planWork(repositories).map(({ name, entries }) => [name, entries[0].repository.registry]));
    const tellers = new Map<string, string>();
    for (const { cause, repository, facts } of await store.findings({ live: true })) {
      const registry = registries.get(repository);
      if (cause !== "coverage-lost" || registry === undefined || answered.has(repository)) continue;
      if (facts.losses?.includes("refused")) tellers.set(registry, repository);
    }
    return new ToldRefusals(tellers);
  }

  /** Whether a repository whose audit was refused is to tell it. From then on it tells it for the others. */
  isToldBy(repository: string, registry: string): boolean {
    const teller = this.#tellers.get(registry) ?? repository;
    this.#tellers.set(registry, teller);
    return teller === repository;
  }
}
