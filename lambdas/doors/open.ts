import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Records } from "../../lib/audit/conclude/copy-evidence.ts";
import { openRunTexts } from "../../lib/history/dynamodb/run-texts.ts";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { unpackWatchList } from "../../lib/watchlist/record/pack-watch-list.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";

/** By default, the SDK waits for ever. A throttled table gets half a minute. */
const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;
const TABLE_ATTEMPTS = 8;

/** Opens the history and the texts beside it. */
export function openRecords(table: string): Records {
  const client = new DynamoDBClient({ maxAttempts: TABLE_ATTEMPTS, requestHandler: TIMEOUTS });
  const surroundings = { client, table, now: Date.now, sleep: (milliseconds: number) => wait(milliseconds) };
  return { store: openDynamodbHistory(surroundings), texts: openRunTexts(surroundings) };
}

/** Keeps the packed watch list of a run, and returns its digest. */
export async function keepPackedWatchList(text: string, { store }: Records): Promise<Digest> {
  const bytes = new TextEncoder().encode(text);
  const digest = digestOf(bytes);
  await store.saveEvidence(new Map([[digest, bytes]]));
  return digest;
}

/** Loads the packed watch list of a run by its digest, so that a deployment in the middle of a run changes nothing. */
export async function loadPackedWatchList(digest: Digest, { store }: Records): Promise<string> {
  const bytes = await store.loadEvidence(digest);
  if (bytes === null) throw new SealwatchError("watch-list", `load the watch list ${digest}: it is not there`);
  return new TextDecoder().decode(bytes);
}

/** Loads the watch list of a run. */
export async function loadWatchList(digest: Digest, records: Records): Promise<WatchList> {
  return parseWatchList(await loadPackedWatchList(digest, records), digest);
}

/** Parses a packed watch list. Throws SealwatchError `watch-list`, which names `source`, if it is not one. */
export function parseWatchList(packed: string, source: string): WatchList {
  const watchList = unpackWatchList(packed);
  if (watchList === null) throw new SealwatchError("watch-list", `read ${source}: it is no watch list of this version`);
  return watchList;
}
