import { createHash } from "node:crypto";
import type { Channel } from "../watchlist/watch-list.ts";
import { selectChannels } from "./address-entries.ts";
import { deriveFindingId } from "./change-id.ts";
import { concludeChange, openFinding } from "./findings.ts";
import { WATCH_LIST_NAME, type Change, type Finding, type OutboxEntry, type PolicyFacts } from "./state.ts";
import type { Conclusion } from "./store.ts";

/** Shown in texts; the count says how many there are. */
const EXAMPLES_KEPT = 20;
const REPOSITORIES_KEPT = 20;

/** What changes about one policy in one run have in common, or null for any other change: they become one finding. */
export function policyKeyOf(change: Change): string | null {
  const { policy } = change.facts;
  return policy && (change.kind === "flipped" || change.kind === "loosened")
    ? JSON.stringify([change.cause, policy.name, change.run])
    : null;
}

/**
 * Changes of one policy and run, of which the findings know the earlier ones: all of them are one finding with count and list
 * (architecture section 5, "Epoch"), told once, by the first of them. What flipped releases had open is withdrawn, never recovered.
 * All changes have the same key.
 */
export function concludePolicyChanges(changes: readonly Change[], live: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const [first] = changes;
  if (first === undefined) throw new RangeError("there is a change at least");
  const id = deriveFindingId(createHash("sha256").update(policyKeyOf(first)!).digest("hex"));
  const known = live.find((finding) => finding.id === id);
  const facts = changes.map((change) => change.facts.policy!);
  const policy = (known?.facts.policy === undefined ? facts : [known.facts.policy, ...facts]).reduce(mergeFacts);
  const repository = policy.repositories.length === 1 ? policy.repositories[0]! : WATCH_LIST_NAME;
  const base = known ?? { ...openFinding({ ...first, tag: null, before: null, after: NOTHING(first) }), id };
  const finding: Finding = {
    ...base,
    repository,
    facts: { ...base.facts, alsoServedAs: [], check: null, signedBefore: null, lookedIn: [], policy },
  };
  const ended = changes.flatMap((change) => (change.kind === "flipped" ? concludeChange(change, live, []).findings : []));
  return { changes, findings: [finding, ...ended], outbox: known === undefined ? address(finding, policy, channels) : [] };
}

const NOTHING = ({ run }: Change): Change["after"] => ({ digest: null, verdict: null, reason: null, signers: [], run });

function mergeFacts(left: PolicyFacts, right: PolicyFacts): PolicyFacts {
  const words = new Set([...Object.keys(left.byVerdict), ...Object.keys(right.byVerdict)]);
  return {
    name: left.name,
    flips: left.flips + right.flips,
    byVerdict: Object.fromEntries([...words].map((word) => [word, (left.byVerdict[word] ?? 0) + (right.byVerdict[word] ?? 0)])),
    examples: [...left.examples, ...right.examples].slice(0, EXAMPLES_KEPT),
    repositories: [...new Set([...left.repositories, ...right.repositories])].slice(0, REPOSITORIES_KEPT),
    loosened: [...new Set([...left.loosened, ...right.loosened])],
    formerChannels: [...new Set([...left.formerChannels, ...right.formerChannels])],
  };
}

/** Whoever watched before must hear that less is watched: channels that were dropped too, and of whatever owner. */
function address(finding: Finding, { formerChannels }: PolicyFacts, channels: readonly Channel[]): OutboxEntry[] {
  const present = selectChannels(
    channels.map((channel) => ({ ...channel, owner: null })),
    finding,
  ).map(({ name }) => name);
  return [...new Set([...present, ...formerChannels])].map((channel) => ({
    id: `${finding.id}/opened/${channel}`,
    channel,
    run: finding.openedAt,
    findingId: finding.id,
    kind: "opened",
    summary: null,
    sentAt: null,
  }));
}
