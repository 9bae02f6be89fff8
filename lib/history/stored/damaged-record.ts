import type { Digest } from "../../oci/digest.ts";
import { isJsonObject } from "../../oci/parse-json.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Change, Finding, Observation, RepositoryState, RunId, TagState } from "../state.ts";
import type { ChainHead } from "../chain/run-link.ts";
import type { Coverage, RunLink } from "../run-record.ts";

/** What people can do about a damaged history. */
const RESTORE_REMEDY = "restore the history from a backup (sealwatch history --verify names the run)";

/** A record of a run can be read, but Sealwatch never wrote it. The verification of the history names the run. */
export class DamagedRecord extends SealwatchError {
  /** Null if the record belongs to no single run. */
  readonly run: RunId | null;
  /** What of the run is damaged, for people. */
  readonly what: string;

  constructor(run: RunId | null, what: string, cause?: unknown) {
    super(
      "history-damaged",
      `read the history: ${what}${run === null ? "" : ` of the run of ${run}`} is not what was recorded; ${RESTORE_REMEDY}`,
      { cause },
    );
    this.name = "DamagedRecord";
    this.run = run;
    this.what = what;
  }
}

/**
 * Reads the observation in a row or item of this run and tag.
 * @throws DamagedRecord if it is no observation, which a report would leave out as if nothing had been observed, or if it is that of
 * another run or tag, by which a reader that pages would never come to the end.
 */
export function readObservation(text: string, run: RunId, tag: string): Observation {
  const what = `the observation of ${tag}`;
  const value = parse(() => text, run, what);
  if (!isJsonObject(value) || value["run"] !== run || value["tag"] !== tag) throw new DamagedRecord(run, what);
  if (!Array.isArray(value["signers"]) || value["verdict"] === undefined) throw new DamagedRecord(run, what);
  return value as unknown as Observation;
}

/** Reads the change in a row or item of this run. @throws DamagedRecord */
export function readRecordedChange(text: string, run: RunId): Change {
  const value = parse(() => text, run, "a change");
  if (!isJsonObject(value) || value["run"] !== run) throw new DamagedRecord(run, "a change");
  return value as unknown as Change;
}

/** Reads the coverage of a run; `text` may unpack it. @throws DamagedRecord */
export function readCoverage(text: () => string, run: RunId): readonly Coverage[] {
  const value = parse(text, run, "the coverage");
  if (!Array.isArray(value) || !value.every((seen) => isJsonObject(seen) && typeof seen["repository"] === "string"))
    throw new DamagedRecord(run, "the coverage");
  return value;
}

/** Reads the link of a run. @throws DamagedRecord */
export function readLink(text: string, run: RunId): RunLink {
  const value = parse(() => text, run, "the link");
  if (!isJsonObject(value) || !(value["before"] === null || isJsonObject(value["before"]))) throw new DamagedRecord(run, "the link");
  return value as unknown as RunLink;
}

/** Reads the state of a tag or, for null, of a repository. @throws DamagedRecord */
export function readRecordedState(text: string, tag: string | null): RepositoryState & TagState {
  const what = tag === null ? "the state of a repository" : `the state of ${tag}`;
  const value = parse(() => text, null, what);
  if (!isJsonObject(value) || (tag !== null && (value["tag"] !== tag || !Array.isArray(value["timeline"]))))
    throw new DamagedRecord(null, what);
  return value as unknown as RepositoryState & TagState;
}

/** Reads the finding in a row or item of this id, without its version. @throws DamagedRecord */
export function readRecordedFinding(text: string, id: string): Omit<Finding, "version"> {
  const value = parse(() => text, null, "a finding");
  const isWhole = isJsonObject(value) && ["id", "repository", "openedAt", "status"].every((name) => typeof value[name] === "string");
  if (!isWhole || value["id"] !== id || !(value["steps"] === undefined || Array.isArray(value["steps"])))
    throw new DamagedRecord(null, "a finding");
  return value as unknown as Omit<Finding, "version">;
}

/** Reads the head of the chain. @throws DamagedRecord */
export function readHead(text: string): ChainHead {
  const value = parse(() => text, null, "the head of the chain");
  if (!isJsonObject(value)) throw new DamagedRecord(null, "the head of the chain");
  return value as unknown as ChainHead;
}

/** Returns the error of a store that finds other bytes under a digest than it names. */
export function damagedEvidence(digest: Digest): SealwatchError {
  const message = `load evidence ${digest}: the bytes in the history are not the ones that it names; ${RESTORE_REMEDY}`;
  return new SealwatchError("history-damaged", message);
}

function parse(text: () => string, run: RunId | null, what: string): unknown {
  try {
    return JSON.parse(text());
  } catch (error) {
    throw new DamagedRecord(run, what, error);
  }
}
