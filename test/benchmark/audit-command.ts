import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";

const SEALWATCH = join(import.meta.dirname, "..", "..", "dist", "sealwatch.js");
/**
 * Printed by the process itself when it ends: whoever samples from outside may miss the peak. On Linux getrusage(2) also counts the process
 * that started this one, so the peak of its own memory is read.
 */
const REPORT_PEAK = `data:text/javascript,${encodeURIComponent(`
import { readFileSync } from "node:fs";
const own = () => { try { return /VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]; } catch { return process.resourceUsage().maxRSS; } };
process.on("exit", () => process.stderr.write("peak " + own() + "\\n"));
`)}`;

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

function startAudit(place: string, day: number, output: string) {
  const words = ["audit", "--json", "--output", output, "--now", `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`];
  return spawn(process.execPath, ["--import", REPORT_PEAK, SEALWATCH, ...words, "--config", join(place, "sealwatch.yaml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Starts the same, stops it as Ctrl-C does, and returns how long it took to end, and with which code. */
export async function stopFolder(place: string, day: number, afterMilliseconds: number): Promise<{ seconds: number; code: number | null }> {
  const child = startAudit(place, day, join(place, "stopped.json"));
  child.stderr.resume();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await new Promise((resolve) => setTimeout(resolve, afterMilliseconds));
  const stopped = performance.now();
  child.kill("SIGINT");
  const code = await ended;
  return { seconds: (performance.now() - stopped) / 1000, code };
}

/** The built command over the watch list of a folder, at two in the morning of a day of November. */
export async function auditFolder(place: string, day: number): Promise<MeasuredNight> {
  const started = performance.now();
  const output = join(place, "result.json");
  const child = startAudit(place, day, output);
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
