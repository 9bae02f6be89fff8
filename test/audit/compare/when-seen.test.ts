import { describe, expect, it } from "vitest";
import { AUDIT_LIMITS } from "../../../lib/audit/audit-limits.ts";
import { whenSeen } from "../../../lib/audit/compare/when-seen.ts";
import { recallRuns } from "../../../lib/audit/recall-runs.ts";
import { selectionKey } from "../../../lib/watchlist/select/recheck-turn.ts";
import { startRegistry } from "../../../lib/controls/registry-server.ts";
import { renderFinding } from "../../../lib/notification/finding-text.ts";
import { Scene } from "../../timelines/scene.ts";
import { auditNight, nightAt, openMemory, watch } from "../night.ts";
import type { AuditLimits } from "../../../lib/audit/audit-limits.ts";
import type { Run } from "../../../lib/audit/audit-ports.ts";
import type { TagState } from "../../../lib/history/state.ts";
import type { Coverage } from "../../../lib/history/run-record.ts";

type Step = (scene: Scene) => void;

/** `v1.0.1: pushed between …`: the line "Since" of all that is told in the last of these nights. */
async function sinceOf(steps: readonly Step[], limits: AuditLimits = AUDIT_LIMITS): Promise<string[]> {
  const registry = await startRegistry();
  const scene = new Scene(registry, openMemory());
  try {
    let lines: string[] = [];
    for (const [n, step] of steps.entries()) {
      step(scene);
      const { told } = await auditNight(scene.list, scene.store, n, { limits });
      lines = told.flatMap(({ entry, finding }) => {
        if (entry.kind !== "opened" || finding === null) return [];
        const line = renderFinding(finding, { history: null }).split("\n");
        return `${finding.tag ?? "-"}: ${line.find((text) => text.startsWith("Since: "))?.slice(7)}`;
      });
    }
    return lines;
  } finally {
    await registry.close();
    await scene.store.close();
  }
}

const quiet: Step = () => undefined;
const signed: Step = (scene) => scene.pushSigned("v1.0.0");

describe("since when something is told to be as it is", () => {
  it("is between the last two nights for a tag that came", async () => {
    expect(await sinceOf([signed, quiet, (scene) => scene.push("v1.0.1")])).toEqual([
      "v1.0.1: pushed between 2026-11-02 02:00 and 2026-11-03 02:00 UTC",
    ]);
  });

  it("is since the last night on which no tag waited for a tag that may have waited", async () => {
    const push: Step = (scene) => ["v1.0.1", "v1.0.2", "v1.0.3"].forEach((tag) => scene.push(tag));
    expect(await sinceOf([signed, push, quiet], { ...AUDIT_LIMITS, newTags: 2 })).toEqual([
      "v1.0.1: pushed between 2026-11-01 02:00 and 2026-11-03 02:00 UTC",
    ]);
  });

  it("is not told for a tag that the watch list did not select before", async () => {
    const select = (include: string): Step => {
      return (scene) => scene.watch({ tags: { ...scene.list.repositories[0]!.tags, include: [include] } });
    };
    const begin: Step = (scene) => {
      scene.push("v1.0.0");
      scene.pushSigned("v2.0.0");
      select("v2.*")(scene);
    };
    expect(await sinceOf([begin, quiet, select("v*")])).toEqual(["v1.0.0: first seen by the audit of 2026-11-03 02:00 UTC"]);
  });

  it("is since the last night that had an answer", async () => {
    const fail: Step = (scene) => scene.fail("503", ({ kind }) => kind !== "tags");
    const remove: Step = (scene) => {
      scene.heal();
      scene.deleteSignature("v1.0.0");
    };
    expect(await sinceOf([signed, fail, remove])).toEqual(["v1.0.0: changed between 2026-11-01 02:00 and 2026-11-03 02:00 UTC"]);
  });

  it("is the night that first saw an image which waited for its signature", async () => {
    const push: Step = (scene) => {
      scene.watch({ graceSeconds: 86_400 });
      scene.push("v1.0.1");
    };
    expect(await sinceOf([signed, push, quiet, quiet])).toEqual([]);
    expect(await sinceOf([signed, push, quiet])).toEqual(["v1.0.1: first seen by the audit of 2026-11-02 02:00 UTC"]);
  });

  it("is since the release is so where only its exemption ended", async () => {
    const exempt: Step = (scene) => {
      signed(scene);
      scene.push("v0.1.0");
      scene.exempt(["v0.*"], 1);
    };
    expect(await sinceOf([exempt, quiet, quiet])).toEqual([
      "v0.1.0: unsigned since 2026-11-01 02:00 UTC, told by the audit of 2026-11-03 02:00 UTC",
    ]);
  });

  it("is the night that saw it for what is told of a repository", async () => {
    const exempt: Step = (scene) => {
      signed(scene);
      scene.exempt(["v0.*"], 8);
    };
    expect(await sinceOf([exempt, quiet])).toEqual(["-: seen by the audit of 2026-11-02 02:00 UTC"]);
  });
});

const DIGEST = `sha256:${"6e5d9c0b".repeat(8)}` as const;

describe("a release that rests", () => {
  const watched = watch("ghcr.io/acme/app", "", { recheck: { kind: "rolling", nights: 2 } });
  const looked = { [selectionKey(watched)]: ["2026-11-03T02:00:00Z", "2026-11-03T02:00:00Z"] };
  const coverage: Coverage = { repository: "ghcr.io/acme/app", listed: true, expected: 1, releases: 1, judged: 1, unknown: 0, looked };
  const run = { id: "2026-11-05T02:00:00Z", now: nightAt(4), lastListed: () => "2026-11-04T02:00:00Z", lastCoverage: () => coverage };
  const last = { digest: DIGEST };
  const state = { timeline: [{ digest: DIGEST, since: "2026-11-01T02:00:00Z" }], last, unansweredSince: null };

  it.each([
    ["its turn", "2026-11-01T02:00:00Z", "2026-11-03T02:00:00Z"],
    ["a run that wrote of it after that", "2026-11-04T02:00:00Z", "2026-11-04T02:00:00Z"],
  ])("was seen last at %s", (_when, wrote, lastSeenBefore) => {
    const previous = { ...state, run: wrote } as unknown as TagState;
    expect(whenSeen("v1.0.0", DIGEST, watched, previous, run as unknown as Run)).toEqual({ lastSeenBefore });
  });
});

describe("how far a run looks back", () => {
  it("is not used up by runs over a part of the watch list", async () => {
    const store = openMemory();
    const close = async (at: number, repository: string, partial: boolean): Promise<void> => {
      const id = new Date(at).toISOString().replace(".000", "");
      await store.openRun({ id, startedAt: id, partial });
      const coverage = [{ repository, listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 }];
      await store.closeRun({ id, finishedAt: id, complete: true, coverage, watchList: DIGEST, document: ["{}"], exitCode: 0 });
    };
    try {
      await close(nightAt(0), "ghcr.io/acme/app", false);
      for (let n = 1; n <= 130; n++) await close(nightAt(0) + n * 60_000, "ghcr.io/acme/other", true);
      const run = await recallRuns({ id: "2026-11-02T02:00:00Z", number: 9 }, nightAt(1), store);
      expect(run.lastListed("ghcr.io/acme/app")).toBe("2026-11-01T02:00:00Z");
    } finally {
      await store.close();
    }
  });
});
