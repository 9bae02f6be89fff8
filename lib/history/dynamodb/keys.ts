import type { Digest } from "../../oci/digest.ts";
import type { Change, Finding, Observation, RunId } from "../state.ts";

/** The key of one item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * Partitions that hold one kind of item of all repositories. Each holds between a handful and some thousands of items, and sees a few
 * writes a second on the worst night, while one partition takes 1,000. So each list is one strongly consistent Query, which an index could
 * not answer: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
 */
export const PARTITION = {
  pending: "PENDING",
  findings: "FINDING",
  live: "LIVE",
  closed: "CLOSED",
  outbox: "OUTBOX",
  sent: "SENT",
  told: "TOLD",
  /** The runs by number and, of runs from before there were numbers, nothing. */
  runs: "RUNS",
  /** The runs by id: the number of each or, of runs from before there were numbers, the whole run. */
  runIds: "RUN",
  repositories: "REPOSITORY",
} as const;

/** The prefixes of the sort keys in a repository's partition. */
export const REPOSITORY_PREFIX = { state: "S", tag: "T#", pending: "P#" } as const;

export const SCHEMA_KEY: Key = { pk: "META", sk: "schema" };

export const CHAIN_PARTITION = "CHAIN";
export const CHAIN_HEAD_KEY: Key = { pk: CHAIN_PARTITION, sk: "head" };
export const SIGNATURE_PREFIX = "signature#";

/** The keys of signatures sort by position. */
export function signatureKey(position: number): Key {
  return { pk: CHAIN_PARTITION, sk: `${SIGNATURE_PREFIX}${String(position).padStart(10, "0")}` };
}

/** The beginning of keys that sort by the number of a run. It sorts after the ids of runs, with which the keys of older versions begin. */
export function numberPrefix(number: number): string {
  return `N${String(number).padStart(10, "0")}`;
}

export function repositoryPartition(name: string): string {
  return `R#${name}`;
}

export function repositoryKey(name: string): Key {
  return { pk: repositoryPartition(name), sk: REPOSITORY_PREFIX.state };
}

export function tagKey(name: string, tag: string): Key {
  return { pk: repositoryPartition(name), sk: `${REPOSITORY_PREFIX.tag}${tag}` };
}

/** The key of a pending change in the partition of its repository. */
export function pendingKey(change: Change): Key {
  return { pk: repositoryPartition(change.repository), sk: `${REPOSITORY_PREFIX.pending}${change.run}#${change.tag ?? ""}#${change.id}` };
}

/** The key of a pending change in the list of all pending changes, oldest run first. */
export function pendingListKey(change: Change): Key {
  return { pk: PARTITION.pending, sk: `${change.run}#${change.repository}#${change.tag ?? ""}#${change.id}` };
}

export function changesPartition(name: string): string {
  return `C#${name}`;
}

export function changeKey({ repository, run, number, id }: Change): Key {
  return { pk: changesPartition(repository), sk: `${orderOf(run, number)}#${id}` };
}

export function observationsPartition(name: string): string {
  return `O#${name}`;
}

export function observationKey(name: string, { run, tag }: Observation, number: number): Key {
  return { pk: observationsPartition(name), sk: `${orderOf(run, number)}#${tag}` };
}

function orderOf(run: RunId, number = 0): string {
  return number === 0 ? run : `${numberPrefix(number)}#${run}`;
}

/** Splits the sort key of a change or an observation. The id of a run contains no `#`. */
export function splitOrder(key: string): { readonly run: RunId; readonly rest: string } {
  const [, run = "", rest = ""] = /^(?:N\d{10}#)?([^#]*)#(.*)$/su.exec(key) ?? [];
  return { run, rest };
}

export function findingKey(id: string): Key {
  return { pk: PARTITION.findings, sk: id };
}

export function liveKey(id: string): Key {
  return { pk: PARTITION.live, sk: id };
}

export function closedKey({ id }: Finding, resolvedAt: RunId): Key {
  return { pk: PARTITION.closed, sk: `${resolvedAt}#${id}` };
}

export function outboxKey(id: string): Key {
  return { pk: PARTITION.outbox, sk: id };
}

export function sentKey(id: string): Key {
  return { pk: PARTITION.sent, sk: id };
}

/** The keys of tellings sort by the time of telling, then by entry. */
export function toldKey(id: string, sentAt: string): Key {
  return { pk: PARTITION.told, sk: `${sentAt}#${id}` };
}

export function runKey(number: number): Key {
  return { pk: PARTITION.runs, sk: numberPrefix(number) };
}

export function runIdKey(id: RunId): Key {
  return { pk: PARTITION.runIds, sk: id };
}

export function repositoryNameKey(name: string): Key {
  return { pk: PARTITION.repositories, sk: name };
}

/** The digest of the bytes is part of the name, so that two callers that close one run at once do not mix their documents. */
export function documentPartition(id: RunId, digest: Digest): string {
  return `DOCUMENT#${id}#${digest}`;
}

export function evidencePartition(digest: Digest): string {
  return `E#${digest}`;
}

/** The keys of chunks sort in the order of their bytes. */
export function chunkKey(partition: string, at: number): Key {
  return { pk: partition, sk: String(at).padStart(4, "0") };
}
