import { noteStep } from "../../lib/history/findings/finding-steps.ts";
import { acknowledgeFinding } from "../../lib/history/findings/acknowledge.ts";
import { closeFinding } from "../../lib/history/findings/finding-life.ts";
import type { Observation, TagState } from "../../lib/history/state.ts";
import type { Coverage } from "../../lib/history/run-record.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import { formatWatchListDocument } from "../../lib/watchlist/record/watch-list-document.ts";
import type { Exemption, WatchList } from "../../lib/watchlist/watch-list.ts";
import { change, facts, finding, judgement, SIGNED, tagState } from "../history/examples.ts";
import { createChance } from "./chance.ts";
import { exemptionOf, live, newId, newReleases, observe, watchListOf, type Release } from "./generated-releases.ts";

/** Something that is written to the history at a time, epoch milliseconds. */
export interface Action {
  readonly at: number;
  readonly act: (store: HistoryStore) => Promise<void>;
}

/** What one run saw of one release, or that it was gone. */
export interface Seen {
  readonly at: number;
  readonly tag: string;
  readonly digest: Digest;
  readonly verdict: Observation["verdict"];
  readonly signer: string | null;
  readonly exempt: boolean;
  /** Whether it was written down: something differed from what was. */
  readonly recorded: boolean;
}

/** What one run that closed saw, release by release: the dense history from which a test computes answers its own way. */
export interface SeenRun {
  readonly id: string;
  readonly at: number;
  readonly partial: boolean;
  readonly complete: boolean;
  /** False where it broke off. */
  readonly over: boolean;
  /** By repository: whether it was listed, and every release that it looked at. */
  readonly repositories: ReadonlyMap<string, { readonly listed: boolean; readonly releases: readonly Seen[] }>;
}

export interface GeneratedHistory {
  readonly actions: readonly Action[];
  readonly runs: readonly SeenRun[];
  readonly findings: readonly {
    opened: number;
    resolved: number;
    acknowledgedBy: string | null;
    acknowledgedAt: number;
    repository: string;
    tag: string;
  }[];
  readonly exemption: Exemption;
}

export interface GeneratorOptions {
  readonly seed: number;
  readonly nights: number;
  readonly repositories: number;
  /** Releases of a repository on the first night, and new ones a night, on average. */
  readonly first: number;
  readonly growth: number;
}

const DAY = 86_400_000;
/** When the first run begins. */
export const FIRST_NIGHT = Date.parse("2026-08-15T02:00:00Z");
const MINUTE = 60_000;

/** A history with new releases, moves, removals, lost and restored signatures, outages, nights missed or broken off, acknowledgements, an exemption, and a repository that was not watched for a while. */
export function generateHistory(options: GeneratorOptions): GeneratedHistory {
  const chance = createChance(options.seed);
  const actions: Action[] = [];
  const runs: SeenRun[] = [];
  const findings: GeneratedHistory["findings"][number][] = [];
  const names = Array.from(
    { length: options.repositories },
    (_, at) => `registry.example/team-${at % 7}/app-${String(at).padStart(2, "0")}`,
  );
  const repositories = new Map(names.map((name) => [name, newReleases(chance, name, 0, options.first)]));
  const exemption = exemptionOf(names[1]!, FIRST_NIGHT + Math.floor(options.nights * 0.7) * DAY + 22 * 3_600_000 - 1);
  const lists = [watchListOf(names, exemption), watchListOf(names.slice(0, -1), exemption)];
  // A history is written to several stores, by files that share a process.
  const kept = new WeakMap<HistoryStore, Set<Digest>>();
  const keptIn = (store: HistoryStore): Set<Digest> => {
    const digests = kept.get(store) ?? new Set<Digest>();
    kept.set(store, digests);
    return digests;
  };

  for (let night = 0; night < options.nights; night++) {
    const at = FIRST_NIGHT + night * DAY + chance.below(30) * MINUTE;
    for (const [name, releases] of repositories) if (night > 0) live(chance, name, releases, night, options.growth);
    const fate =
      night === 0
        ? "closes"
        : chance.pick([
            ["missed", 4],
            ["breaks-off", 3],
            ["closes", 93],
          ] as const);
    if (fate === "missed") continue;
    const isDropped = night >= options.nights * 0.4 && night < options.nights * 0.6;
    const list = lists[isDropped ? 1 : 0]!;
    const audit = { night, at, list, only: null as string | null, fate, exemption, night0: night === 0 };
    runAudit(audit);
    if (night % 11 === 5) runAudit({ ...audit, at: at + 12 * 3_600_000, only: names[chance.below(names.length - 1)]!, fate: "closes" });
  }
  return { actions: actions.toSorted((left, right) => left.at - right.at), runs, findings, exemption };

  function runAudit({
    at,
    list,
    only,
    fate,
    night0,
  }: {
    at: number;
    list: WatchList;
    only: string | null;
    fate: string;
    night0: boolean;
    night: number;
  }): void {
    const id = `${new Date(at).toISOString().slice(0, 19)}Z`;
    actions.push({
      at,
      act: async (store) => void (await store.openRun({ id, startedAt: new Date(at).toISOString(), partial: only !== null })),
    });
    const coverage: Coverage[] = [];
    const seen = new Map<string, { listed: boolean; releases: Seen[] }>();
    let clock = at + 1000;
    for (const { repository } of list.repositories) {
      const { name } = repository;
      if (only !== null && name !== only) continue;
      // A run that breaks off has looked at some of the repositories.
      if (fate === "breaks-off" && chance.below(2) === 0) continue;
      const listed = night0 || chance.below(50) > 0;
      const releases: Seen[] = [];
      const states: TagState[] = [];
      const concluded: Action[] = [];
      for (const release of repositories.get(name)!) {
        const observation = observe(release, name, id, listed, exemption, at);
        if (observation === null) continue;
        concluded.push(...conclude(release, name, observation, at, night0, clock));
        const { run: _run, ...content } = observation;
        const observed = JSON.stringify(content);
        releases.push(describeSeen(observation, at, observed !== release.observed));
        if (observed === release.observed) continue;
        release.observed = observed;
        states.push(tagState(release.tag, judgement(SIGNED), { version: release.version++, run: id, observation }));
      }
      if (states.length > 0) actions.push({ at: clock, act: (store) => store.record(name, { repository: null, tags: states }) });
      actions.push(...concluded);
      clock += 2000;
      const unknown = releases.filter(({ verdict }) => verdict === "unknown").length;
      const there = releases.filter(({ verdict }) => verdict !== null).length;
      coverage.push({ repository: name, listed, expected: there, releases: there, judged: there - unknown, unknown });
      seen.set(name, { listed, releases });
    }
    const end = clock + chance.below(20) * MINUTE;
    if (fate === "breaks-off") {
      actions.push({ at: at + DAY - MINUTE, act: (store) => store.abandonRun(id) });
      runs.push({ id, at, partial: false, complete: false, over: false, repositories: seen });
      return;
    }
    const complete = coverage.every(({ listed, unknown }) => listed && unknown === 0);
    const text = formatWatchListDocument(list);
    const digest = digestOf(text);
    actions.push({
      at: end,
      act: async (store) => {
        if (!keptIn(store).has(digest)) await store.saveEvidence(new Map([[digest, new TextEncoder().encode(text)]]));
        keptIn(store).add(digest);
        const finishedAt = new Date(end).toISOString();
        await store.closeRun({ id, finishedAt, complete, coverage, watchList: digest, document: "{}", exitCode: 0 });
      },
    });
    runs.push({ id, at, partial: only !== null, complete, over: true, repositories: seen });
  }

  function conclude(release: Release, name: string, observation: Observation, at: number, isBaseline: boolean, clock: number): Action[] {
    const { verdict, run } = observation;
    const isBad = (verdict === "unsigned" || verdict === "untrusted") && observation.exemption === null;
    if (isBad && release.open === null && !isBaseline) {
      const draft = finding({
        version: 0,
        id: newId(chance),
        repository: name,
        tag: release.tag,
        digest: release.digest,
        openedAt: run,
        after: { digest: release.digest, verdict, reason: observation.reason, signers: [], run },
        facts: facts({ owner: null }),
      });
      release.open = noteStep(draft, { by: "run", at: run });
      const entry = {
        id: `${run}/${draft.id}`,
        channel: "oncall",
        run,
        findingId: draft.id,
        kind: "opened",
        summary: null,
        sentAt: null,
      } as const;
      const opening = change({ id: `open-${draft.id}`, run, repository: name, tag: release.tag });
      const opened = release.open;
      const record = {
        opened: at,
        resolved: Infinity,
        acknowledgedBy: null as string | null,
        acknowledgedAt: 0,
        repository: name,
        tag: release.tag,
      };
      findings.push(record);
      release.open = { ...opened, version: 1 };
      const made: Action[] = [
        { at: clock + 500, act: async (store) => void (await store.conclude({ changes: [opening], findings: [opened], outbox: [entry] })) },
        { at: clock + 800, act: (store) => store.markSent(entry.id, new Date(clock + 800).toISOString()) },
      ];
      if (chance.below(3) === 0) {
        const now = at + 6 * 3_600_000 + chance.below(1000) * 1000;
        const owner = `engineer-${chance.below(5)}`;
        const taken = acknowledgeFinding(release.open, { until: now + 30 * DAY, reason: "is being rebuilt", owner, now });
        release.open = { ...taken, version: 2 };
        record.acknowledgedBy = owner;
        record.acknowledgedAt = now;
        made.push({ at: now, act: (store) => store.saveFinding(taken) });
      }
      return made;
    }
    if (release.open !== null && (verdict === "signed" || verdict === null)) {
      const closed = noteStep(closeFinding(release.open, "resolved", run, "recovered"), { by: "run", at: run });
      const record = findings.findLast(({ repository, tag }) => repository === name && tag === release.tag)!;
      record.resolved = at;
      release.open = null;
      return [{ at: clock + 600, act: (store) => store.saveFinding(closed) }];
    }
    return [];
  }
}

function describeSeen({ tag, digest, verdict, signers, exemption }: Observation, at: number, recorded: boolean): Seen {
  return { at, tag, digest: digest!, verdict, signer: signers[0]?.signer ?? null, exempt: exemption !== null, recorded };
}
