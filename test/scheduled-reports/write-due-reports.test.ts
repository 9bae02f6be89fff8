import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderReport, REPORT_FILES } from "../../lib/scheduled-reports/render-report.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { ChannelPort, ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import type { ReportFormat, ScheduledReport, Severity, WatchList } from "../../lib/watchlist/watch-list.ts";
import { failButWritten, failNotWritten } from "../history/faulty-store.ts";
import { auditNight, openMemory, ReportShelf, watch, watchList, type Night } from "../audit/night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let list: WatchList;
let store: HistoryStore;
let shelf: ReportShelf;

const MONTHLY: ScheduledReport = { every: "month", formats: ["html", "csv", "json", "oscal"], notify: null };

function at(day: string): number {
  return Date.parse(`${day}T02:00:00Z`);
}

function audit(day: string, options: Parameters<typeof auditNight>[3] = {}, on: HistoryStore = store): Promise<Night> {
  return auditNight(list, on, 0, { now: at(day), takes: 1500, reports: shelf, ...options });
}

function monthsTold({ told }: Pick<Night, "told">): string[] {
  return told.flatMap(({ entry }) => entry.summary?.facts.report?.month ?? []);
}

function months(): string[] {
  return [...new Set([...shelf.files.keys()].map((path) => path.slice(0, "YYYY-MM".length)))];
}

/** A channel of this name that keeps what it is told. */
function listener(name: string, severity: Severity, owner: string | null = null): ChannelPort & { readonly told: ToldEntry[] } {
  const told: ToldEntry[] = [];
  return {
    told,
    channel: { kind: "terminal", name, severity, owner, remindSeconds: null },
    send: (entries) => Promise.resolve(void told.push(...entries)),
  };
}

beforeAll(async () => {
  registry = await startRegistry();
  const image = buildImage({ seed: "app" });
  pushArtifact(registry.store, "app", image, "v1.0.0");
  signSimple(registry, "app", image, key);
});
afterAll(() => registry.close());
beforeEach(() => {
  registry.setFault(null);
  list = { ...watchList(watch(`${registry.host}/app`, key.pem)), reports: [MONTHLY] };
  store = openMemory();
  shelf = new ReportShelf();
});
afterEach(() => store.close());

describe("a report on a schedule", () => {
  it("is written in every form on the first night of the next month, and says its first sentence and where it is", async () => {
    await audit("2026-10-30");
    await audit("2026-10-31");
    expect(months()).toEqual([]);
    const night = await audit("2026-11-01");
    expect([...shelf.files.keys()]).toEqual(Object.values(REPORT_FILES).map((name) => `2026-10/${name}`));
    expect(night.told.map(({ entry }) => entry.summary?.facts.report)).toEqual([
      {
        month: "2026-10",
        sentence: "October 2026: 1 of 1 release in 1 repository signed. 2 of 2 nights complete (the history begins on 30 October).",
        address: "/reports/2026-10",
        files: Object.values(REPORT_FILES),
        notify: [null],
      },
    ]);
    expect(night.warnings).toEqual([]);
  });

  it("is the one that sealwatch report writes as of that night, byte for byte, whenever it is asked", async () => {
    await audit("2026-10-30");
    await audit("2026-11-01");
    await audit("2026-11-02");
    const facts = await loadRecordedHistory(store, { until: "2027-11-02T02:00:00Z" });
    const model = buildReport(facts, readPeriod({ month: "2026-10", asOf: "2026-11-01T02:00:00Z" }, at("2027-11-02")));
    for (const format of Object.keys(REPORT_FILES) as ReportFormat[]) {
      const text = await renderReport(model, format);
      expect(shelf.files.get(`2026-10/${REPORT_FILES[format]}`)).toBe(typeof text === "string" ? text : [...text].join(""));
    }
  });

  it("is written once, in all forms that anybody asks for, and told to each who is named", async () => {
    const [compliance, board, other] = [
      listener("compliance", "alert", "nobody"),
      listener("board", "notice"),
      listener("other", "notice"),
    ];
    list = {
      ...list,
      reports: [
        { every: "month", formats: ["csv"], notify: "compliance" },
        { every: "month", formats: ["html", "csv"], notify: "board" },
      ],
    };
    const channels = [compliance, board, other];
    await audit("2026-10-30", { channels });
    for (const { told } of channels) told.length = 0;
    const night = await audit("2026-11-01", { channels });
    expect([...shelf.files.keys()]).toEqual(["2026-10/report.html", "2026-10/report.csv"]);
    expect([compliance, board, other, night].map(monthsTold)).toEqual([["2026-10"], ["2026-10"], [], []]);
  });

  it("that names no channel is told to those that hear notices", async () => {
    const [loud, deaf, owned] = [listener("loud", "notice"), listener("deaf", "warning"), listener("owned", "notice", "payments")];
    const channels = [loud, deaf, owned];
    await audit("2026-10-30");
    const night = await audit("2026-11-01", { channels });
    expect([night, ...channels].map(monthsTold)).toEqual([["2026-10"], ["2026-10"], [], []]);
  });

  it("that names a channel which is not there is told to the others", async () => {
    list = { ...list, reports: [{ ...MONTHLY, notify: "gone" }] };
    await audit("2026-10-30");
    expect(monthsTold(await audit("2026-11-01"))).toEqual(["2026-10"]);
  });

  it("says that it waits on a night that did not see everything", async () => {
    await audit("2026-10-30");
    registry.setFault({ when: { path: "/v2/app/" }, fault: "503" });
    const { warnings } = await audit("2026-11-01");
    expect(warnings).toContain("report of 2026-10: waits for a run that sees everything; this one was not complete");
    expect(months()).toEqual([]);
  });

  it("is not written by a run over a part of the watch list", async () => {
    await audit("2026-10-30");
    await audit("2026-11-01", { only: [`${registry.host}/app`] });
    expect(months()).toEqual([]);
    expect(monthsTold(await audit("2026-11-02"))).toEqual(["2026-10"]);
  });

  it("that cannot be written is said, stops nothing, and is told by the night that writes it", async () => {
    await audit("2026-10-30");
    const full = { addressOf: () => "/full", save: () => Promise.reject(new Error("no space left on device")) };
    const night = await audit("2026-11-01", { reports: full });
    expect(night.warnings).toEqual(["report of 2026-10: no space left on device; the next complete run tries again"]);
    expect(night.exitCode).toBe(0);
    expect(night.told).toEqual([]);
    expect(monthsTold(await audit("2026-11-02"))).toEqual(["2026-10"]);
  });

  it("is written for every month since the last one, at most twelve in a night", async () => {
    await audit("2024-10-30");
    expect(monthsTold(await audit("2024-11-01"))).toEqual(["2024-10"]);
    expect(monthsTold(await audit("2026-01-15"))).toHaveLength(12);
    expect(monthsTold(await audit("2026-01-16"))).toEqual(["2025-11", "2025-12"]);
    expect(monthsTold(await audit("2026-01-17"))).toEqual([]);
    expect(months()).toHaveLength(15);
  });

  it("is written for the twelve months before, where it was not asked for until now", async () => {
    list = { ...list, reports: [] };
    await audit("2025-06-30");
    list = { ...list, reports: [MONTHLY] };
    const told = monthsTold(await audit("2026-11-01"));
    expect([told.length, told[0], told.at(-1)]).toEqual([12, "2025-11", "2026-10"]);
    expect(monthsTold(await audit("2026-11-02"))).toEqual([]);
  });

  it("is not written again by a run of an earlier time", async () => {
    await audit("2026-10-30");
    await audit("2026-12-01");
    shelf.files.clear();
    expect(monthsTold(await audit("2026-11-15"))).toEqual([]);
    expect(months()).toEqual([]);
  });
});

const WRITES = ["record", "conclude", "claimOutbox", "markSent", "closeRun"] as const satisfies (keyof HistoryStore)[];
const FAILURES = { "that is not written": failNotWritten, "that is written but not answered": failButWritten } as const;

describe("a report of a night that breaks off and is started again", () => {
  it.each(WRITES.flatMap((method) => [1, 2].flatMap((nth) => Object.keys(FAILURES).map((failure) => [method, nth, failure] as const))))(
    "at %s number %i %s is told under one id, and by one run",
    async (method, nth, failure) => {
      await audit("2026-10-30");
      const told: ToldEntry[] = [];
      const broken = FAILURES[failure as keyof typeof FAILURES](store, method, nth);
      await audit("2026-11-01", { told }, broken).catch(() => null);
      await audit("2026-11-01", { told });
      await audit("2026-11-02", { told });
      await audit("2026-11-03", { told });
      expect(new Set(told.map(({ entry }) => entry.id)).size).toBe(1);
      // What a channel took without that being recorded comes again, with the same id.
      expect(told.length).toBeLessThanOrEqual(method === "markSent" ? 2 : 1);
      expect(shelf.files.size).toBe(4);
      expect([await store.pendingChanges(), await store.unsentOutbox()]).toEqual([[], []]);
    },
  );
});
