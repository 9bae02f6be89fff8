import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReportPort } from "../../lib/scheduled-reports/report-port.ts";
import { historyPath, watchListPath, type CommonOptions } from "./common-options.ts";
import { writeResult } from "./output.ts";
import { parseTableAddress } from "./table-address.ts";

/** Opens the folder of scheduled reports, beside the file of the history, or beside the watch list if that is a table. */
export function openReportFolder(options: CommonOptions): ReportPort {
  const history = historyPath(options);
  const beside = parseTableAddress(history) === null ? dirname(history) : join(dirname(watchListPath(options)), ".sealwatch");
  const addressOf = (month: string): string => join(beside, "reports", month);
  return {
    addressOf,
    async save(month, file, text) {
      await mkdir(addressOf(month), { recursive: true });
      await writeResult(text, join(addressOf(month), file), { option: "scheduled report" });
    },
  };
}
