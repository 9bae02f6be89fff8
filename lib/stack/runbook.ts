/** What an alarm means and what to do: each name of one is a heading there. */
export const RUNBOOK = "https://github.com/sealwatch/sealwatch/blob/main/lib/stack/RUNBOOK.md";
