import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";

const SEALWATCH = join(import.meta.dirname, "..", "..", "dist", "sealwatch.js");
/** Printed by the process itself when it ends: getrusage(2) knows the peak, whoever samples from outside may miss it. */
const REPORT_PEAK = 'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))';

export interface MeasuredNight {
  readonly document: AuditDocument;
  /** What the command said besides. */
  readonly said: string;
  readonly wallSeconds: number;
  readonly peakMebibytes: number;
  readonly databaseMebibytes: number;
}

/** Where an audit of a folder keeps its history. */
export function historyOf(place: string): string {
  return join(place, ".sealwatch", "history.db");
}

/** The built command over the watch list of a folder, at two in the morning of a day of November. */
export async function auditFolder(place: string, day: number): Promise<MeasuredNight> {
  const started = performance.now();
  const output = join(place, "result.json");
  const words = ["audit", "--json", "--output", output, "--now", `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`];
  const child = spawn(process.execPath, ["--import", REPORT_PEAK, SEALWATCH, ...words, "--config", join(place, "sealwatch.yaml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  for await (const chunk of child.stderr) said += String(chunk);
  const peak = /peak (\d+)/.exec(said);
  if (peak === null) throw new Error(said);
  return {
    document: JSON.parse(readFileSync(output, "utf8")) as AuditDocument,
    said,
    wallSeconds: (performance.now() - started) / 1000,
    peakMebibytes: Number(peak[1]) / 1024,
    databaseMebibytes: statSync(historyOf(place)).size / 1024 ** 2,
  };
}
