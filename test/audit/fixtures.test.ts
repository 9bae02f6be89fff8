import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { loadLayout } from "../../lib/controls/load-layout.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { auditNight, fixturePath, openMemory, verdictsOf, watch, watchList } from "./night.ts";

/** Rows of EXPECTED.tsv. Notation is recognised and not verified yet; GPG lies on a lookaside server, which is not read yet. */
const rows = readFileSync(fixturePath("EXPECTED.tsv"), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [scenario, tag, , place, , verdict, reason, server] = line.split("\t") as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const notation = scenario.startsWith("notation") && verdict === "signed";
    return {
      scenario,
      tag,
      place,
      server,
      expected: notation ? "untrusted/unverifiable" : reason === "-" ? verdict : `${verdict}/${reason}`,
    };
  })
  .filter(({ scenario }) => scenario !== "gpg");
const scenarios = Map.groupBy(rows, (row) => row.scenario);
const pem = readFileSync(fixturePath("keys/release.pub"), "utf8");
const registries: ControlRegistry[] = [];
afterAll(() => Promise.all(registries.map((registry) => registry.close())));

describe.each([...scenarios])("images of %s", (scenario, expected) => {
  it("have the verdict and reason that their makers expect, on the first night and on the second", async () => {
    const registry = await startRegistry({ referrersApi: expected[0]!.server === "referrers-api" });
    registries.push(registry);
    await loadLayout(registry.store, scenario, fixturePath(scenario));
    let changes = {};
    if (scenario === "app-code") {
      await loadLayout(registry.store, "app-signatures", fixturePath("app-signatures"));
      const parsed = parseRepository(`${registry.host}/app-signatures`);
      if (parsed.kind === "parsed") changes = { signatureRepository: parsed.repository };
    }
    const list = watchList(watch(`${registry.host}/${scenario}`, pem, changes));
    const store = openMemory();
    const wanted = expected.map(({ tag, expected: verdict }) => `${tag} ${verdict}`);
    const first = await auditNight(list, store, 0);
    expect(verdictsOf(first)).toEqual(wanted);
    for (const { tag, place } of expected.filter((row) => row.expected === "signed")) {
      expect(first.document.releases.find((release) => release.tag === tag)?.signers.map((signer) => signer.place)).toEqual([place]);
    }
    expect(verdictsOf(await auditNight(list, store, 1))).toEqual(wanted);
    await store.close();
  });
});
