import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { runCommand } from "../bin/run-command.ts";
import { auditUntilKilled } from "./audit-until-killed.ts";
import { prepareRegistry, type PreparedRegistry } from "./prepared-registry.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

/** `npm run kills` has 200 a history; the tests of every day a sample. */
const KILLS = Number(process.env["SEALWATCH_KILLS"] ?? 12);
const KILLS_A_NIGHT = 4;
const NIGHTS = ["2026-11-01T02:00:00Z", "2026-11-02T02:00:00Z", "2026-11-03T02:00:00Z"] as const;
const LONG = { timeout: 120_000 + KILLS * 20_000 };

let registry: PreparedRegistry;
let receiver: Receiver;
beforeAll(async () => {
  [registry, receiver] = await Promise.all([prepareRegistry(), startReceiver()]);
});
afterAll(() => Promise.all([registry.close(), receiver.close()]));

/** A directory with the watch list, its findings told to the receiver. */
function prepareDirectory(): string {
  const directory = makeDirectory();
  writeFileSync(join(directory, "release.pub"), registry.publicKey);
  writeFileSync(join(directory, "sealwatch.yaml"), registry.writeWatchList(receiver.url));
  return directory;
}

interface History {
  readonly url: string;
  readonly env: Record<string, string>;
}

/** One night killed again and again, then let be, and a quiet one after it: what was told, and what is open at the end. */
async function killNight(directory: string, { url, env }: History, kills: number): Promise<{ told: string[]; open: string[] }> {
  receiver.clear();
  const audit = ["audit", "--history", url, "--fail-on", "never", "--now"];
  for (let killed = 0; killed < kills;) killed += (await auditUntilKilled([...audit, NIGHTS[1]], { cwd: directory, env })) ? 1 : kills;
  for (const night of [NIGHTS[1], NIGHTS[2]]) {
    const { code, stderr } = await runCommand([...audit, night], { cwd: directory, env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
  const { stdout } = await runCommand(["findings", "list", "--json", "--history", url], { cwd: directory, env });
  const open = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id).toSorted();
  return { told: [...new Set(receiver.told())].toSorted(), open };
}

/** What a night tells that nobody kills: release, cause and id of each finding. */
async function tellWhole(directory: string, history: History): Promise<{ told: string[]; open: string[] }> {
  return killNight(directory, history, 0);
}

describe("an audit that is killed at any moment", () => {
  it(`tells every finding under one id over a file (${KILLS} kills)`, LONG, async () => {
    const directory = prepareDirectory();
    const [before, path] = [join(directory, "before.db"), join(directory, "night.db")];
    registry.restore();
    const first = await runCommand(["audit", "--history", before, "--fail-on", "never", "--now", NIGHTS[0]], { cwd: directory });
    expect(first.code).toBe(0);
    registry.regress();
    copyFileSync(before, path);
    const wanted = await tellWhole(directory, { url: path, env: {} });
    expect(wanted.told).toHaveLength(registry.regressions);
    for (let left = KILLS; left > 0; left -= KILLS_A_NIGHT) {
      copyFileSync(before, path);
      expect(await killNight(directory, { url: path, env: {} }, KILLS_A_NIGHT)).toEqual(wanted);
    }
  });

  describe.skipIf(!HAS_DYNAMODB)("with its history in DynamoDB", () => {
    const server = startDynamodb();

    it(`tells every finding under one id (${KILLS} kills)`, LONG, async () => {
      const directory = prepareDirectory();
      const prepare = async (): Promise<History & { table: string }> => {
        const table = await server.createTable();
        const history = { url: `dynamodb://${table}`, env: server.environment, table };
        registry.restore();
        await runCommand(["audit", "--history", history.url, "--fail-on", "never", "--now", NIGHTS[0]], {
          cwd: directory,
          env: history.env,
        });
        registry.regress();
        return history;
      };
      const reference = await prepare();
      const wanted = await tellWhole(directory, reference);
      expect(wanted.told).toHaveLength(registry.regressions);
      await server.dropTable(reference.table);
      for (let left = KILLS; left > 0; left -= KILLS_A_NIGHT) {
        const history = await prepare();
        expect(await killNight(directory, history, KILLS_A_NIGHT)).toEqual(wanted);
        await server.dropTable(history.table);
      }
    });
  });
});

describe("two audits at the same time on one history", () => {
  it("agree, tell nothing twice, and show nobody a lock", LONG, async () => {
    const directory = prepareDirectory();
    const path = join(directory, "night.db");
    const audit = (night: string) =>
      runCommand(["audit", "--json", "--history", path, "--fail-on", "never", "--now", night], { cwd: directory });
    registry.restore();
    await audit(NIGHTS[0]);
    registry.regress();
    receiver.clear();
    const both = await Promise.all([audit(NIGHTS[1]), audit(NIGHTS[1])]);
    for (const { code, stderr } of both)
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/lock|busy|conflict/i) });
    const findings = both.map(({ stdout }) =>
      (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id).toSorted(),
    );
    expect(findings[0]).toEqual(findings[1]);
    expect(findings[0]).toHaveLength(registry.regressions);
    expect(receiver.told()).toHaveLength(registry.regressions);
  });
});
