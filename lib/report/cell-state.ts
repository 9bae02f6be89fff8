import type { ReleaseState, RepositoryNight } from "./report-model.ts";

/** What a repository was in a night, in one word: the worst of its releases; `unlisted` where its list broke off and nothing worse is known. */
export type CellState = ReleaseState | "unlisted" | "unseen" | "empty";

const WORST = ["unsigned", "untrusted", "unknown", "pending", "exempt", "signed"] as const satisfies ReleaseState[];

/** The state of one cell of the strip; `unseen` where nobody looked. */
export function stateOfCell(night: RepositoryNight | null): CellState {
  if (night === null) return "unseen";
  const worst = WORST.find((state) => night.states[state] > 0);
  if (!night.listed && worst !== "unsigned" && worst !== "untrusted") return worst === "unknown" ? "unknown" : "unlisted";
  return worst ?? "empty";
}
