import type { Digest } from "../../oci/digest.ts";
import { readCoverage, readLink, readRecordedFinding, readRecordedState } from "../stored/damaged-record.ts";
import type { RunRecord } from "../run-record.ts";
import type { Change, Finding, RepositoryState, TagState } from "../state.ts";
import { readInteger, readNullableInteger, readNullableText, readText, type Row } from "./row.ts";

export function readRun(row: Row): RunRecord {
  const [id, link] = [readText(row, "id"), readNullableText(row, "link")];
  return {
    id,
    number: readInteger(row, "number"),
    status: readStatus(row),
    startedAt: readText(row, "started_at"),
    finishedAt: readNullableText(row, "finished_at"),
    complete: readInteger(row, "complete") === 1,
    partial: readInteger(row, "partial") === 1,
    coverage: readCoverage(() => readText(row, "coverage"), id),
    watchList: readNullableText(row, "watch_list") as Digest | null,
    exitCode: readNullableInteger(row, "exit_code"),
    link: link === null ? null : readLink(link, id),
  };
}

function readStatus(row: Row): RunRecord["status"] {
  const status = readText(row, "status");
  return status === "closed" || status === "abandoned" ? status : "open";
}

/** Reads the state of a tag, or of a repository, without what waits to be told. */
export function readState(row: Row, pending: readonly Change[]): RepositoryState & TagState {
  const number = readInteger(row, "number");
  const state = readRecordedState(readText(row, "state"), "tag" in row ? readText(row, "tag") : null);
  return { ...state, version: readInteger(row, "version"), ...(number > 0 && { number }), pending };
}

export function readFinding(row: Row): Finding {
  return { ...readRecordedFinding(readText(row, "finding"), readText(row, "id")), version: readInteger(row, "version") };
}
