import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import * as hostile from "../audit/hostile-repository.ts";
import { auditFolder } from "./audit-command.ts";

/**
 * Repositories whose pushers mean harm, in true sizes: what a night with them costs, and that the quiet one beside them is judged and
 * told as ever.
 */
const registry = await startRegistry({ referrersApi: true });
const key = newKeyPair();
const folder = mkdtempSync(join(tmpdir(), "sealwatch-hostile-"));
const names = [...hostile.HOSTILE, hostile.QUIET];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
try {
  mkdirSync(join(folder, ".sealwatch"));
  writeFileSync(join(folder, "release.pub"), key.pem);
  const repositories = names.map((name) => `${registry.host}/${name}`).join(", ");
  writeFileSync(
    join(folder, "sealwatch.yaml"),
    `version: 1\npolicies: { release: { signers: [{ name: release, key: release.pub }] } }\nrepositories: [{ repository: [${repositories}], policy: release }]\n`,
  );
  hostile.pushReleases(registry, key);
  await auditFolder(folder, 1);
  hostile.deleteQuietSignature(registry);
  hostile.pushJunkTags(registry, 300_000);
  hostile.pushJunkVersions(registry, 300_000);
  hostile.pushJunkReferrers(registry, 10_000);
  hostile.pushWideIndex(registry, 15_000);
  say("| night | repository | requests | releases | left out |\n|---|---|---|---|---|");
  for (const day of [2, 3]) {
    registry.requests.clear();
    const { document, said, wallSeconds, peakMebibytes, databaseMebibytes } = await auditFolder(folder, day);
    for (const name of names) {
      const asked = registry.requests.entries().filter(({ repository }) => repository === name).length;
      const { releases, leftOut } = document.repositories.find(({ repository }) => repository.endsWith(`/${name}`))!;
      say(`| ${day} | ${name} | ${asked} | ${releases} | ${JSON.stringify(leftOut)} |`);
    }
    say(`\n${wallSeconds.toFixed(1)} s, ${peakMebibytes.toFixed(0)} MiB, history ${databaseMebibytes.toFixed(1)} MiB`);
    say(said.replace(/^peak.*$/m, "").trim());
    const told = document.findings.some(
      ({ repository, cause }) => repository?.endsWith(hostile.QUIET) === true && cause === "signature-detached",
    );
    if (!told) throw new Error("the lost signature of the quiet repository was not told");
  }
} finally {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
