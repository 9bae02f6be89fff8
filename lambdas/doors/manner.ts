import type { RunManner } from "../../lib/audit/part.ts";

/** A function has a time limit, and nobody sits before it: what would alert people is read again some minutes later. */
export const MANNER: RunManner = { secondLook: "alerts", timeLimit: true };
