import type { RunManner } from "../../lib/audit/part.ts";

/** A function has a time limit, and nobody waits for it. So releases that would alert people are read again some minutes later. */
export const MANNER: RunManner = { secondLook: "alerts", timeLimit: true };
