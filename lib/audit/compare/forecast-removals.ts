import type { Digest } from "../../oci/digest.ts";
import type { RetentionFacts } from "../../history/retention-facts.ts";
import type { RepositoryHistory, TagState } from "../../history/state.ts";
import type { RepositoryClient, TagList } from "../../registry/repository-client.ts";
import type { Removal } from "../../registry/retention/retention-rules.ts";
import type { AuditPorts, Run } from "../audit-ports.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";

const AHEAD_DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;
/** As many releases as a message can name. */
const RELEASES_NAMED = 20;

/** What is ahead in one repository; null if nobody knows, because its list has no times or its rules cannot be read. */
export interface RepositoryForecast {
  readonly repository: string;
  readonly ahead: readonly RetentionFacts[] | null;
}

/**
 * Finds the rules of registries that remove signatures of releases within a week, although the releases themselves stay. `history` is as
 * this run leaves it. A repository in which only signatures are stored is looked at, too. What cannot be found out is no failure of the
 * audit.
 */
export async function forecastRemovals(
  { item, listing }: Pick<RepositoryOutcome, "item" | "listing">,
  history: RepositoryHistory,
  run: Run,
  { clients }: Pick<AuditPorts, "clients">,
): Promise<RepositoryForecast[]> {
  const removed = new Set(listing.removed);
  const signed = [...history.tags.values()].filter(
    ({ tag, last, removedSince }) => last?.verdict === "signed" && removedSince === null && !removed.has(tag),
  );
  const own = await findRemovals(clients.of(item.entries[0].repository), listing.list, signed, run);
  const forecasts = [sumUp(item.name, signed, own, own)];
  const others = new Map(item.entries.flatMap(({ signatureRepository: one }) => (one === null ? [] : [[one.name, one] as const])));
  others.delete(item.name);
  for (const repository of others.values()) {
    const { client, list } = await run.signatureRepository(repository);
    forecasts.push(sumUp(repository.name, signed, await findRemovals(client, list, signed, run), own));
  }
  return forecasts;
}

type Removals = ReadonlyMap<Digest, Removal>;

/** Asks nothing if none of the signatures is stored there. */
async function findRemovals(client: RepositoryClient, { bulk }: TagList, signed: readonly TagState[], run: Run): Promise<Removals | null> {
  const { manifests } = bulk ?? {};
  if (manifests === undefined) return null;
  const stored = new Set(manifests.map(({ digest }) => digest));
  if (!signed.some((state) => signaturesOf(state).some((one) => stored.has(one)))) return new Map();
  const rules = await client.readRetention();
  return rules?.forecast(manifests, run.now, run.now + AHEAD_DAYS * DAY_MILLISECONDS) ?? null;
}

/** `own` is what goes of the releases themselves. */
function sumUp(repository: string, signed: readonly TagState[], removals: Removals | null, own: Removals | null): RepositoryForecast {
  if (removals === null) return { repository, ahead: null };
  const byRule = new Map<string, Loss>();
  for (const state of signed) {
    if (own?.has(state.last!.digest) === true) continue;
    for (const signature of signaturesOf(state)) {
      const removal = removals.get(signature);
      if (removal === undefined) continue;
      const loss = byRule.get(removal.rule) ?? { removal, signatures: new Set(), releases: new Set() };
      if (removal.at < loss.removal.at) loss.removal = removal;
      loss.signatures.add(signature);
      loss.releases.add(state.tag);
      byRule.set(removal.rule, loss);
    }
  }
  const ahead = [...byRule.values()].map(({ removal: { at, rule, how }, signatures, releases }): RetentionFacts => {
    const named = [...releases].slice(0, RELEASES_NAMED);
    const time = new Date(at).toISOString();
    return { repository, rule, how, at: time, signatures: signatures.size, releases: named, more: releases.size - named.length };
  });
  return { repository, ahead };
}

interface Loss {
  /** The first one. */
  removal: Removal;
  readonly signatures: Set<Digest>;
  readonly releases: Set<string>;
}

/** What the release was signed by, and the indexes that name it. */
function signaturesOf({ last, places }: TagState): Digest[] {
  return [...(last?.artifacts ?? []), ...(places ?? []).flatMap(({ holder }) => holder ?? [])];
}
