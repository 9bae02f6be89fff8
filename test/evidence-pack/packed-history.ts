import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildPack } from "../../lib/evidence-pack/build-pack.ts";
import { PackGaps } from "../../lib/evidence-pack/pack-gaps.ts";
import { loadLayout } from "../../lib/controls/load-layout.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatCsv } from "../../lib/report/format-csv.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { endOf, formatInstant, readPeriod } from "../../lib/report/report-period.ts";
import type { Policy, WatchedRepository } from "../../lib/watchlist/watch-list.ts";
import { auditNight, fixturePath, nightAt, openMemory, watch, watchList } from "../audit/night.ts";

type Changes = Partial<Omit<WatchedRepository, "policy">> & { readonly policy?: Partial<Policy> };

/** No image here is slow: a busy machine must not make one unknown. */

const WITH_API = ["cosign1", "cosign2", "misbound", "app-code", "cosign3-api", "attested", "multi", "podman"];

/** Attestations count as signatures, too. */
const ACCEPTING: ReadonlySet<string> = new Set(["attested", "cosign3-api"]);

/** A history of one night over some of the fixtures, each watched otherwise than they mean. */
export async function auditOtherwise(changes: Readonly<Record<string, Changes>>): Promise<HistoryStore> {
  const store = openMemory();
  const registry = await startRegistry({ referrersApi: true });
  const entries = await Promise.all(
    Object.entries(changes).map(async ([name, { policy, ...rest }]) => {
      await loadLayout(registry.store, name, fixturePath(name));
      const watched = watch(`${registry.host}/${name}`, readFileSync(fixturePath("keys/release.pub"), "utf8"), rest);
      return { ...watched, policy: { ...watched.policy, name, ...policy } };
    }),
  );
  await auditNight(watchList(...entries), store, 0);
  await registry.close();
  return store;
}

/** A history of one night over the images that released cosigns and podman signed, by the release key; `others` get the same night. */
export async function auditFixtures(...others: readonly HistoryStore[]): Promise<HistoryStore> {
  const store = openMemory();
  const pem = readFileSync(fixturePath("keys/release.pub"), "utf8");
  const [modern, older] = [await startRegistry({ referrersApi: true }), await startRegistry({ referrersApi: false })];
  for (const name of [...WITH_API, "app-signatures"]) await loadLayout(modern.store, name, fixturePath(name));
  await loadLayout(older.store, "cosign3-tag", fixturePath("cosign3-tag"));
  const signatures = parseRepository(`${modern.host}/app-signatures`);
  const entries = WITH_API.map((name): WatchedRepository => {
    const separate = name === "app-code" && signatures.kind === "parsed" ? { signatureRepository: signatures.repository } : {};
    const watched = watch(`${modern.host}/${name}`, pem, separate);
    return ACCEPTING.has(name) ? { ...watched, policy: { ...watched.policy, accept: ["signature", "attestation"] } } : watched;
  });
  const list = watchList(...entries, watch(`${older.host}/cosign3-tag`, pem));
  for (const one of [store, ...others]) await auditNight(list, one, 0);
  await Promise.all([modern.close(), older.close()]);
  return store;
}

/** The report on the nights up to the n-th. */
export async function reportOn(store: HistoryStore, n: number): Promise<ReportModel> {
  const period = readPeriod({ month: "2026-11" }, nightAt(n) + 3_600_000);
  return buildReport(await loadRecordedHistory(store, { until: formatInstant(endOf(period) - 1) }), period);
}

/** The files of the pack of a report, by name. */
export async function packOf(
  model: ReportModel,
  store: Pick<HistoryStore, "loadEvidence" | "loadRepository">,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const reports = [{ name: "report.csv", render: (one: ReportModel) => Promise.resolve(formatCsv(one)) }];
  for await (const { name, bytes } of buildPack(model, reports, { store, gaps: new PackGaps() })) files.set(name, bytes);
  return files;
}

/** Files as they lie after unpacking, in a folder of their own. */
export function unpack(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "sealwatch-pack-"));
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
