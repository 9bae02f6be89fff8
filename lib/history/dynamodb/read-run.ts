import type { Digest } from "../../oci/digest.ts";
import type { RunRecord } from "../run-record.ts";
import { readCoverage, readLink } from "../stored/damaged-record.ts";
import { unpackText } from "../stored/pack-text.ts";
import { readBytes, readOptionalNumber, readOptionalText, readText, type Item } from "./item.ts";

/** Reads a run. The id of a run from before runs had numbers is its sort key. */
export function readRun(item: Item): RunRecord {
  const link = readOptionalText(item, "link");
  const [id, status] = [readOptionalText(item, "id") ?? readText(item, "sk"), readText(item, "status")];
  return {
    id,
    number: readOptionalNumber(item, "number") ?? 0,
    status: status === "closed" || status === "abandoned" ? status : "open",
    startedAt: readText(item, "startedAt"),
    finishedAt: readOptionalText(item, "finishedAt"),
    complete: item["complete"]?.BOOL === true,
    partial: item["partial"]?.BOOL === true,
    coverage: item["coverage"] === undefined ? [] : readCoverage(() => unpackText(readBytes(item, "coverage")), id),
    watchList: readOptionalText(item, "watchList") as Digest | null,
    exitCode: readOptionalNumber(item, "exitCode"),
    link: link === null ? null : readLink(link, id),
  };
}
