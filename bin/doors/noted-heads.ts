import { readFileSync } from "node:fs";
import { parseHeadStatement } from "../../lib/history/chain/head-signature.ts";
import type { NotedHead } from "../../lib/history/chain/verify-head.ts";
import { isJsonObject } from "../../lib/oci/parse-json.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

const S3_ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/**
 * Reads the head that `--head` names: a file, an object `s3://BUCKET/KEY`, or with `s3://BUCKET/` the newest head that a run left in the
 * bucket of the stack. `end` is the position with which the chain of the history ends.
 */
export async function readNotedHeads(named: string | undefined, end: number): Promise<NotedHead[]> {
  if (named === undefined) return [];
  const [, bucket, key = ""] = S3_ADDRESS.exec(named) ?? [];
  if (bucket === undefined) return [parseHead(readFile(named), named)];
  const { loadHead } = await import("./s3-heads.ts");
  const text = await loadHead(bucket, key, end);
  return [parseHead(text, named)];
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("usage", `--head ${path}: write the path of a head that was noted, or s3://BUCKET/`, { cause: error });
  }
}

/** A head is noted as the statement that is signed, or as what `history --verify --json` prints. */
function parseHead(text: string, source: string): NotedHead {
  const head = parseHeadStatement(text) ?? parseReport(text);
  if (head !== null) return head;
  throw new SealwatchError(
    "usage",
    `--head ${source}: it is no head of a history; write a head.txt of a run, or what history --verify --json printed`,
  );
}

function parseReport(text: string): NotedHead | null {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return null;
  }
  const head = isJsonObject(report) && isJsonObject(report["head"]) ? report["head"] : report;
  if (!isJsonObject(head)) return null;
  const { position, run, hash } = head;
  return typeof position === "number" && typeof run === "string" && typeof hash === "string" ? { position, run, hash } : null;
}
