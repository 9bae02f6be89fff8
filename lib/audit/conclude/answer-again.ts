import type { RunRecord } from "../../history/run-record.ts";
import type { HistoryStore } from "../../history/store.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { AuditDocument } from "../audit-document.ts";

export interface AuditAnswer {
  readonly document: AuditDocument;
  readonly exitCode: number;
  /** For people, on stderr or in the log. */
  readonly warnings: readonly string[];
}

/** Returns the recorded document and exit code of a closed run. Throws SealwatchError `usage` if the document is no longer kept. */
export async function answerAgain(record: RunRecord, store: Pick<HistoryStore, "loadDocument">): Promise<AuditAnswer> {
  const text = await store.loadDocument(record.id);
  if (text === null)
    throw new SealwatchError(
      "usage",
      `audit: the run of ${record.id} is closed, and its document is no longer kept; name another time with --now`,
    );
  const document = JSON.parse(text) as AuditDocument;
  return { document, exitCode: record.exitCode ?? 2, warnings: [`run ${record.id} is closed already; this is its recorded answer`] };
}
