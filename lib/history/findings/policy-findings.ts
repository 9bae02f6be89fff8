import { createHash } from "node:crypto";
import { selectChannels } from "../../watchlist/select/select-channels.ts";
import type { Channel } from "../../watchlist/watch-list.ts";
import { deriveFindingId } from "../change-id.ts";
import { concludeChange, openFinding } from "./findings.ts";
import { nothingSeen } from "../nothing-seen.ts";
import { WATCH_LIST_NAME, type Change, type Finding, type OutboxEntry } from "../state.ts";
import type { PolicyFacts } from "../policy-facts.ts";
import type { Conclusion } from "../store.ts";

/** How many are shown in texts; the facts count how many there are. */
const EXAMPLES_KEPT = 20;
const REPOSITORIES_KEPT = 20;
const OWNERS_KEPT = 200;
/** A watch list may drop thousands of repositories, but a finding is one item of a store. */
export const LOOSENINGS_KEPT = 30;

/** Returns what all changes about one policy in one run have in common: they become one finding. Null for any other change. */
export function policyKeyOf(change: Change): string | null {
  const { policy } = change.facts;
  return policy && (change.kind === "flipped" || change.kind === "loosened")
    ? JSON.stringify([change.cause, policy.name, change.run])
    : null;
}

/**
 * Returns the id of the `nth` finding about a key of `policyKeyOf`. There is a second finding if the first was closed, for example by an
 * acknowledgement, before all its changes were concluded.
 */
export function derivePolicyFindingId(key: string, nth: number): string {
  const name = nth === 0 ? key : `${key} ${nth}`;
  return deriveFindingId(createHash("sha256").update(name).digest("hex"));
}

/**
 * Concludes changes of one policy in one run; the live findings know the changes that were concluded before. All of them are one finding
 * with a count and a list (architecture section 5, "Epoch"), which the first of them tells once. Findings that were open for the flipped
 * releases are withdrawn, never recovered. All changes have the same key; `id` is the id of a live finding, or of none.
 */
export function concludePolicyChanges(
  changes: readonly Change[],
  id: string,
  live: readonly Finding[],
  channels: readonly Channel[],
): Conclusion {
  const [first] = changes;
  if (first === undefined) throw new RangeError("there is a change at least");
  const known = live.find((finding) => finding.id === id);
  const facts = changes.map((change) => change.facts.policy!);
  const policy = (known?.facts.policy === undefined ? facts : [known.facts.policy, ...facts]).reduce(mergeFacts);
  const repository = policy.repositories.length === 1 ? policy.repositories[0]! : WATCH_LIST_NAME;
  const base = known ?? { ...openFinding({ ...first, tag: null, before: null, after: nothingSeen(first.run) }), id };
  const finding: Finding = {
    ...base,
    repository,
    facts: { ...base.facts, alsoServedAs: [], check: null, signedBefore: null, lookedIn: [], policy },
  };
  const ended = changes.flatMap((change) => (change.kind === "flipped" ? concludeChange(change, live, []).findings : []));
  return { changes, findings: [finding, ...ended], outbox: address(finding, known?.facts.policy, channels) };
}

function mergeFacts(left: PolicyFacts, right: PolicyFacts): PolicyFacts {
  const words = new Set([...Object.keys(left.byVerdict), ...Object.keys(right.byVerdict)]);
  return {
    name: left.name,
    flips: left.flips + right.flips,
    byVerdict: Object.fromEntries([...words].map((word) => [word, (left.byVerdict[word] ?? 0) + (right.byVerdict[word] ?? 0)])),
    examples: [...left.examples, ...right.examples].slice(0, EXAMPLES_KEPT),
    repositories: [...new Set([...left.repositories, ...right.repositories])].slice(0, REPOSITORIES_KEPT),
    owners: [...new Set([...left.owners, ...right.owners])].slice(0, OWNERS_KEPT),
    loosened: [...new Set([...left.loosened, ...right.loosened])].slice(0, LOOSENINGS_KEPT),
    loosenedCount: left.loosenedCount + right.loosenedCount,
    formerChannels: [...new Set([...left.formerChannels, ...right.formerChannels])],
  };
}

/** Returns the channels to which the finding is news: its audience, without the audience that it had before it grew. */
function address(finding: Finding, before: PolicyFacts | undefined, channels: readonly Channel[]): OutboxEntry[] {
  const told = new Set(before === undefined ? [] : audienceOf(finding, before, channels));
  return audienceOf(finding, finding.facts.policy!, channels)
    .filter((channel) => !told.has(channel))
    .map((channel) => ({
      id: `${finding.id}/opened/${channel}`,
      channel,
      run: finding.openedAt,
      findingId: finding.id,
      kind: "opened",
      summary: null,
      sentAt: null,
    }));
}

/** Flips concern the owners of the releases. That less is watched concerns everybody who watched, dropped channels included. */
function audienceOf({ severity }: Finding, { loosened, formerChannels, owners }: PolicyFacts, channels: readonly Channel[]): string[] {
  const everybody = channels.map((channel) => ({ ...channel, owner: null }));
  if (loosened.length === 0) return selectChannels(channels, severity, owners).map(({ name }) => name);
  const told = new Set([...selectChannels(everybody, severity, []).map(({ name }) => name), ...formerChannels]);
  // A watch list whose channels hear alerts only would be loosened without a word.
  return told.size > 0 ? [...told] : channels.map(({ name }) => name);
}
