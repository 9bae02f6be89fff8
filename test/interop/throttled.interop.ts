import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runAudit, writeWatchList } from "./audit-command.ts";
import { readExpectedReleases } from "./expected-release.ts";
import { pushLayout } from "./push-layout.ts";
import { openRegistry } from "./registry-client.ts";
import { REGISTRIES, throttlingRegistry } from "./registry-kinds.ts";
import { makeFolder, startRegistry } from "./registry-process.ts";

const FIXTURES = "test/fixtures";
let storage: ReturnType<typeof makeFolder>;
let home: ReturnType<typeof makeFolder>;

beforeAll(async () => {
  storage = makeFolder();
  home = makeFolder();
  const unhurried = await startRegistry(REGISTRIES[0]!, storage.path);
  await pushLayout(openRegistry(unhurried.origin, undefined), "fixtures/cosign2", join(FIXTURES, "cosign2"));
  await unhurried.stop();
});
afterAll(() => {
  storage.remove();
  home.remove();
});

it("gives every verdict although the registry answers 429 to whoever asks more than 4 times a second", async () => {
  const registry = await startRegistry(throttlingRegistry(4), storage.path);
  try {
    const key = join(FIXTURES, "keys", "release.pub");
    const config = writeWatchList(home.path, { host: registry.host, repository: "fixtures/cosign2", key, login: undefined });
    const { document } = await runAudit(config, "2026-11-20T02:00:00Z", undefined);
    const expected = readExpectedReleases(join(FIXTURES, "EXPECTED.tsv")).filter(({ scenario }) => scenario === "cosign2");
    expect(document.releases.map(({ tag, verdict, reason }) => ({ tag, verdict, reason }))).toEqual(
      expected.map(({ tag, verdict, reason }) => ({ tag, verdict, reason })),
    );
    expect(document.registries[0]!.throttled).toBeGreaterThan(0);
  } finally {
    await registry.stop();
  }
});
