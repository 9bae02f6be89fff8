import type { RunTexts } from "../../lib/history/dynamodb/run-texts.ts";

/** What calls leave for each other, in memory. */
export function openKeptTexts(): RunTexts {
  const runs = new Map<string, Map<string, string>>();
  const of = (run: string): Map<string, string> => {
    const texts = runs.get(run) ?? new Map<string, string>();
    runs.set(run, texts);
    return texts;
  };
  return {
    save: (run, name, text) => Promise.resolve(void of(run).set(name, text)),
    load: (run, name) => Promise.resolve(of(run).get(name) ?? null),
    names: (run) => Promise.resolve([...of(run).keys()].toSorted()),
    remove: (run, name) => Promise.resolve(void of(run).delete(name)),
  };
}
