/** Explains each alarm under a heading of its name. */
export const RUNBOOK = "https://github.com/sealwatch/sealwatch/blob/main/lib/stack/RUNBOOK.md";
