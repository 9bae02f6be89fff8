import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { openKeptTexts } from "./kept-texts.ts";
import { auditNightInCalls } from "./night-in-calls.ts";
import { auditNight, type Night, type NightOptions } from "./night.ts";

/** A way through which a night is audited. */
export type Door = (list: WatchList, store: HistoryStore, n: number, options?: NightOptions) => Promise<Night>;

/** A repository takes several calls, each of which judges so few releases. */
const JUDGED_AT_ONCE = 3;

/** Opens a door to one history: the command line audits in one process, functions with a time limit in calls that know nothing of each other. */
export const DOORS: Readonly<Record<"one process" | "calls", () => Door>> = {
  "one process": () => auditNight,
  calls: () => {
    const texts = openKeptTexts();
    return (list, store, n, options) => auditNightInCalls(list, store, n, { judgedAtOnce: JUDGED_AT_ONCE, texts, ...options });
  },
};

/**
 * The doors that a case is played through, by its number among its like: `npm run test:long` plays each case through both, `npm test` one
 * case through the one and the next through the other.
 */
export function doorsOf(nth: number): readonly (keyof typeof DOORS)[] {
  const doors = ["one process", "calls"] as const;
  return process.env["SEALWATCH_TEST_ALL"] === undefined ? [doors[nth % doors.length]!] : doors;
}
