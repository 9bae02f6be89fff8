import { isDeepStrictEqual } from "node:util";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import type { Finding } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { Door } from "../audit/doors.ts";
import type { Night as AuditedNight, NightOptions } from "../audit/night.ts";
import { Scene } from "./scene.ts";

/** One night of a script: what happens before it, and everything that people are told that night. */
export interface Night {
  readonly before: (scene: Scene) => unknown;
  /**
   * `alert release-unsigned v1.0.1`, `recovered release-unsigned v1.0.1`, `warning policy-changed -: 2 flips, threshold 2 is now 1`,
   * `baseline`, `storm`; `opened for oncall` what waits for a channel that no door opened. In any order.
   */
  readonly tells: readonly string[];
  /** Which night after the first one, where it is not the one after the night before. */
  readonly at?: number;
  /** Happens while the registry is read: after the releases of a repository were recorded for the first time. */
  readonly meanwhile?: (scene: Scene) => void;
  /** How many start this night at the same time; one where nothing is said. */
  readonly starts?: number;
  /** The findings that are live after it, where a script says so before its end. */
  readonly live?: readonly string[];
}

/** A script, and the findings that are live in the end: `open release-unsigned v1.0.1`. */
export interface Timeline {
  readonly nights: readonly Night[];
  readonly live: readonly string[];
}

/** A night before which something happens. */
export function night(before: (scene: Scene) => unknown, ...tells: readonly string[]): Night {
  return { before, tells };
}

/** So many nights on which nothing happens and nothing is told. */
export function quiet(nights = 1): Night[] {
  return Array.from({ length: nights }, () => night(() => undefined));
}

/** The night so many nights after the first one. */
export function on(at: number, then: Night): Night {
  return { ...then, at };
}

export function timeline(nights: readonly (Night | readonly Night[])[], live: readonly string[] = []): Timeline {
  return { nights: nights.flat(), live };
}

/** What a night told, first and when it was started again, and whether both gave one answer. */
interface PlayedNight {
  readonly night: number;
  readonly told: readonly string[];
  readonly toldAgain: readonly string[];
  readonly sameAnswer: boolean;
  readonly live?: readonly string[];
}

/** How a timeline must go: each night tells exactly its lines, and the same night started again tells nothing. */
export function planOf({ nights, live }: Timeline): { nights: PlayedNight[]; live: string[] } {
  let next = 0;
  const planned = nights.map((script): PlayedNight => {
    const at = script.at ?? next;
    next = at + 1;
    const shown = script.live === undefined ? {} : { live: script.live.toSorted() };
    return { night: at, told: script.tells.toSorted(), toldAgain: [], sameAnswer: true, ...shown };
  });
  return { nights: planned, live: live.toSorted() };
}

/** Plays a timeline against a real registry and through a door, each night twice. */
export async function play({ nights }: Timeline, door: Door, openStore: () => HistoryStore): Promise<ReturnType<typeof planOf>> {
  const registry = await startRegistry();
  const store = openStore();
  try {
    const scene = new Scene(registry, store);
    const played: PlayedNight[] = [];
    for (const script of nights) played.push(await playNight(script, door, script.at ?? (played.at(-1)?.night ?? -1) + 1, scene));
    return { nights: played, live: await liveFindings(store) };
  } finally {
    await Promise.all([registry.close(), store.close()]);
  }
}

async function playNight(script: Night, door: Door, at: number, scene: Scene): Promise<PlayedNight> {
  await script.before(scene);
  const unsent = new Set((await scene.store.unsentOutbox()).map(({ id }) => id));
  const audited = await audit(script, door, at, scene);
  const told = audited.flatMap((each) =>
    each.told.map(({ entry, finding }) => `${lineOf(entry.kind, finding, scene)}${former(entry.channel)}`),
  );
  const waiting = (await scene.store.unsentOutbox()).filter(({ id }) => !unsent.has(id));
  const again = await door(scene.list, scene.store, at, options(scene));
  return {
    night: at,
    told: [...told, ...waiting.map(({ channel, kind }) => `${kind} for ${channel}`)].toSorted(),
    toldAgain: again.told.map(({ entry, finding }) => lineOf(entry.kind, finding, scene)),
    sameAnswer: isDeepStrictEqual(again.document, audited[0]!.document),
    ...(script.live === undefined ? {} : { live: await liveFindings(scene.store) }),
  };
}

async function liveFindings(store: HistoryStore): Promise<string[]> {
  const findings = await store.findings({ live: true });
  return findings.map(({ status, cause, tag }) => `${status} ${cause} ${tag ?? "-"}`).toSorted();
}

function audit(script: Night, door: Door, at: number, scene: Scene): Promise<AuditedNight[]> {
  let happened = false;
  const afterAudit = (): void => {
    if (!happened) script.meanwhile?.(scene);
    happened = true;
  };
  // No two end in the same moment: whoever is later answers with the record.
  const start = (takes: number): Promise<AuditedNight> => door(scene.list, scene.store, at, { ...options(scene), afterAudit, takes });
  return Promise.all(Array.from({ length: script.starts ?? 1 }, (_, takes) => start(takes)));
}

/** No script waits for a registry that hangs: a busy machine must not look like one. */
function options({ trust }: Scene): NightOptions {
  return { timeoutSeconds: 10, ...(trust === null ? {} : { trust }) };
}

/** What a channel is told that the watch list does not name any more. */
function former(channel: string): string {
  return channel === "terminal" ? "" : ` to ${channel}`;
}

/** The host of a control registry has another port every time. */
function lineOf(kind: string, finding: Finding | null, { registry }: Scene): string {
  if (finding === null) return kind;
  const { severity, cause, tag, facts } = finding;
  const counts = facts.policy && [
    `${facts.policy.flips} flips`,
    ...facts.policy.loosened.map((phrase) => phrase.replaceAll(registry.host, "REGISTRY")),
  ];
  return `${kind === "opened" ? severity : kind} ${cause} ${tag ?? "-"}${counts ? `: ${counts.join(", ")}` : ""}`;
}

/** The first night of most timelines: these releases are there, signed. */
export function signed(...tags: readonly string[]): Night {
  return night((scene) => {
    for (const tag of tags) scene.pushSigned(tag);
  }, "baseline");
}
