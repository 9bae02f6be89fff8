import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { RepositoryHistory, RunId } from "../history/state.ts";
import type { RecordedStates } from "../history/store.ts";
import { updateRepository } from "../history/update-repository.ts";
import type { Digest } from "../oci/digest.ts";
import type { TagList } from "../registry/repository-client.ts";
import type { Exemption } from "../watchlist/watch-list.ts";
import { AUDIT_LIMITS } from "./audit-limits.ts";
import type { AuditPorts, Run } from "./audit-ports.ts";
import { compareReleases, type ComparedRelease } from "./compare/compare-releases.ts";
import { createOrphans } from "./judge/orphans.ts";
import { rulesInForce } from "./compare/exemptions.ts";
import { judgeReleases } from "./judge/judge-releases.ts";
import { listReleases, type Listing } from "./list/list-releases.ts";
import { EvidenceKeeper, evidenceOfWritten, type Evidence } from "./judge/keep-evidence.ts";
import { sparePulls } from "./judge/spare-pulls.ts";
import { isDueInFull, isRepositoryDueInFull } from "./list/recheck.ts";
import { planRota } from "./list/resting.ts";
import { readWaitingLine } from "./list/waiting-line.ts";
import { digestsTonight, knownDigests, type ReleaseNightFacts, type WorkItem } from "./release-night.ts";
import type { AuditExtent, RepositoryOutcome } from "./repository-outcome.ts";

/**
 * Audits one repository: steps 2 to 9 of the straight line. It records every release that differs, with its pending change. The last part
 * of the audit records the repository's own state after all its tags, so that a baseline is never half. `part` restricts which releases are
 * judged.
 */
export async function auditRepository(
  item: WorkItem,
  exemptions: readonly Exemption[],
  run: Run,
  ports: AuditPorts,
  part: AuditExtent = {},
): Promise<RepositoryOutcome> {
  const { clients, store, progress, signal, limits = AUDIT_LIMITS } = ports;
  const client = clients.of(item.entries[0].repository);
  client.limitTo(limits.budget);
  const history = await store.loadRepository(item.name);
  const isBaselineOpen = (history.repository?.baselineRun ?? null) === null;
  progress({ repository: item.name, phase: "listing", done: 0, total: null });
  const listed = await listReleases(client, item.entries, history.tags, {
    rota: (watched, list, newest) => planRota(watched, history.tags, list, newest, { run, trust: ports.trust }),
    isDueInFull: (tag, list) => isTagDue(tag, list, item.name, history, run),
    line: readWaitingLine(history.repository?.waiting),
    newTags: isBaselineOpen ? Number.POSITIVE_INFINITY : limits.newTags,
    ...(part.done && { earlier: part.done.resolved }),
  });

  await ports.demandClock?.();
  const sparing = sparePulls(client, { list: listed.list, history, store });
  const main: SearchedRepository = {
    client: sparing,
    list: listed.list,
    referrersApi: createReferrersCapability(sparing, history.repository?.referrersApi.learned ?? false),
  };
  const orphans = createOrphans(knownDigests(history, digestsTonight(listed)));
  const judged = await judgeReleases({
    item,
    listing: listed,
    history,
    main,
    orphans,
    run,
    ports,
    keeper: new EvidenceKeeper(store),
    part,
  });
  const { facts, listing, left } = judged;

  const signedAtSource = await readSource(item, store);

  const next = (before: RepositoryHistory): ComparedUpdate => {
    const { releases, states } = compareReleases({
      run,
      repository: item.name,
      listing,
      facts,
      history: before,
      exemptions,
      signedAtSource,
      left,
      answers: part.again === undefined && answers(listing, facts, part),
    });
    const written = releases.filter(({ differs }) => differs).map((release) => release.facts);
    return { repository: null, tags: states, evidence: evidenceOfWritten(written), releases, before };
  };
  // It is never null, because an update of tags alone is always taken.
  const { releases, before } = (await updateRepository(store, item.name, run, next, history))!;
  progress({ repository: item.name, phase: "recorded", done: facts.length, total: listing.releases.length });
  return {
    item,
    listing,
    releases,
    history: before,
    referrersApi: main.referrersApi,
    exemptions,
    rules: rulesInForce(item.entries, exemptions, run.now),
    finished: !signal.aborted && judged.finished,
    waiting: [...listing.waiting, ...judged.waiting],
    earlier: part.done?.summary ?? null,
  };
}

/**
 * Reports whether the repository answered tonight: its list is complete, and at least one of its releases could be judged. If it has a
 * single one, the list is enough.
 */
function answers({ outcome, releases }: Listing, facts: readonly ReleaseNightFacts[], { done }: AuditExtent): boolean {
  if (outcome !== "complete") return false;
  const isJudged = ({ judged }: ReleaseNightFacts): boolean => judged !== null && judged.verdict.verdict !== "unknown";
  const counts = done?.summary.counts;
  return releases.length === 1 || facts.some(isJudged) || (counts !== undefined && counts.releases > counts.unknown);
}

/** The turns are those of the releases, so that a tag is asked itself on the night on which its release is asked in full. */
function isTagDue(tag: string, { bulk }: TagList, name: string, { repository }: RepositoryHistory, run: Run): boolean {
  const timeOf = (id: RunId | null): number | null => (id === null ? null : Date.parse(id));
  const previous = timeOf(run.lastListed(name));
  return bulk === null
    ? isDueInFull(name, tag, previous, run.now)
    : isRepositoryDueInFull(name, timeOf(repository?.baselineRun ?? null), previous, run.now);
}

/** Returns the digests that are signed in the repositories that this one mirrors, as they are recorded. */
async function readSource({ entries }: WorkItem, store: AuditPorts["store"]): Promise<ReadonlySet<Digest>> {
  const sources = new Set(entries.flatMap(({ mirrorOf }) => mirrorOf ?? []));
  const histories = await Promise.all([...sources].map((source) => store.loadRepository(source)));
  const judged = histories.flatMap(({ tags }) => [...tags.values()].flatMap(({ last }) => last ?? []));
  return new Set(judged.flatMap(({ verdict, digest }) => (verdict === "signed" ? [digest] : [])));
}

/** The releases that differ, and the evidence under them. */
interface ComparedUpdate extends RecordedStates {
  readonly evidence: Evidence;
  readonly releases: readonly ComparedRelease[];
  /** The history that the releases were compared with. */
  readonly before: RepositoryHistory;
}
