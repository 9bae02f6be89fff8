import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { attachJunk, attachMany, pushRelease, signAmongJunk, type Junk } from "../audit/hostile-evidence.ts";
import * as hostile from "../audit/hostile-repository.ts";
import { auditFolder, historyOf, stopFolder } from "./audit-command.ts";

/**
 * Repositories whose pushers mean harm, in true sizes. Each row is a night with one of them: what it costs, and whether the quiet
 * repository beside it is judged and told as ever. An argument chooses the rows whose name contains it.
 */
const MIB = 1024 ** 2;
const NAME = "hostile";
const key = newKeyPair();
const stranger = newKeyPair();
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

interface Row {
  readonly name: string;
  readonly peakMebibytes?: number;
  readonly historyMebibytes?: number;
  readonly attack: (registry: ControlRegistry) => void;
  /** What must come out of the attacked release 1.0.1; anything if absent. */
  readonly expected?: string;
  /** Milliseconds after which the audit is stopped, too. */
  readonly stops?: readonly number[];
}

function junkRow(
  name: string,
  junk: Junk,
  more: (registry: ControlRegistry, release: ReturnType<typeof pushRelease>) => void = () => {},
): Row {
  return {
    name,
    attack: (registry) => {
      const release = pushRelease(registry, NAME, "1.0.1");
      attachJunk(registry, NAME, release, junk, stranger);
      more(registry, release);
    },
  };
}

const FULL = { manifests: 64, layers: 100, bytes: 16 * MIB - 4096 } as const;
const ROWS: readonly Row[] = [
  junkRow("64 manifests × 100 layers × 16 MiB, one blob", { ...FULL, blobs: 1, kind: "bundle" }),
  junkRow("64 manifests × 100 layers × 16 MiB, 100 blobs", { ...FULL, blobs: 100, kind: "bundle" }),
  {
    ...junkRow("the same, and a genuine signature at layer 73", { ...FULL, blobs: 20, kind: "bundle" }, (registry, release) =>
      signAmongJunk(registry, NAME, release, key, 73, stranger),
    ),
    expected: "signed",
  },
  junkRow("64 × 100 × 16 MiB envelopes, other annotations each", { ...FULL, blobs: 1, kind: "envelope", annotations: 4096 }),
  junkRow("64 manifests × 100 layers of 4 MiB manifests", { ...FULL, bytes: 8192, blobs: 1, kind: "envelope", annotations: 39_000 }),
  junkRow("16 MiB of tiny objects", { manifests: 8, layers: 1, bytes: 16 * MIB - 4096, blobs: 8, kind: "tiny" }),
  junkRow("16 MiB of depth", { manifests: 8, layers: 1, bytes: 16 * MIB - 4096, blobs: 8, kind: "deep" }),
  junkRow("16 MiB of keys", { manifests: 8, layers: 1, bytes: 15 * MIB, blobs: 8, kind: "keys" }),
  junkRow("16 MiB statements of tiny objects", { manifests: 8, layers: 1, bytes: 15 * MIB, blobs: 8, kind: "statement" }),
  {
    name: "100 releases with 4 × 16 MiB each",
    attack: (registry) => {
      for (let at = 0; at < 100; at++) {
        const junk = { manifests: 4, layers: 1, bytes: 16 * MIB - 4096, blobs: 4, kind: "bundle" } as const;
        attachJunk(registry, NAME, pushRelease(registry, NAME, `2.0.${at}`), junk, stranger);
      }
    },
  },
  { name: "100,000 referrers", attack: (registry) => attachMany(registry, NAME, pushRelease(registry, NAME, "1.0.1"), 100_000) },
  {
    name: "100,000 referrers in pages",
    attack: (registry) => {
      registry.setOptions({ referrersPageSize: 100 });
      attachMany(registry, NAME, pushRelease(registry, NAME, "1.0.1"), 100_000);
    },
  },
  {
    name: "an index of 15,000 entries",
    attack: (registry) => hostile.pushWideIndex(registry, NAME, 15_000),
  },
  {
    name: "1,000,000 tags",
    peakMebibytes: 256,
    attack: (registry) => hostile.pushJunkTags(registry, NAME, 1_000_000),
    stops: [500, 800, 1100],
  },
  {
    name: "1,000,000 versions",
    // A thousand of them are taken in, and each is a row that stays.
    historyMebibytes: 10,
    attack: (registry) => hostile.pushJunkVersions(registry, NAME, 999_000),
    stops: [800, 2000, 5000],
  },
];

async function play(row: Row): Promise<boolean> {
  const registry = await startRegistry({ referrersApi: true });
  const folder = mkdtempSync(join(tmpdir(), "sealwatch-hostile-"));
  const cells: (string | number)[] = [];
  try {
    mkdirSync(join(folder, ".sealwatch"));
    writeFileSync(join(folder, "release.pub"), key.pem);
    const names = [NAME, hostile.QUIET].map((name) => `${registry.host}/${name}`).join(", ");
    const policies = "policies: { release: { signers: [{ name: release, key: release.pub }] } }";
    writeFileSync(join(folder, "sealwatch.yaml"), `version: 1\n${policies}\nrepositories: [{ repository: [${names}], policy: release }]\n`);
    hostile.pushReleases(registry, key, [NAME, hostile.QUIET]);
    await auditFolder(folder, 1);
    const before = statSync(historyOf(folder)).size;
    hostile.deleteQuietSignature(registry);
    row.attack(registry);
    registry.requests.clear();
    const { document, wallSeconds, peakMebibytes } = await auditFolder(folder, 2);
    const history = (statSync(historyOf(folder)).size - before) / MIB;
    const requests = registry.requests.entries().length;
    const stopped = [];
    // Each on a night of its own, because a run that was stopped is gone on with.
    for (const [at, milliseconds] of (row.stops ?? []).entries()) stopped.push(await stopFolder(folder, 3 + at, milliseconds));
    const bytes = document.registries.reduce((sum, traffic) => sum + traffic.bytes, 0) / MIB;
    const told = document.findings.some(
      ({ repository, cause }) => repository?.endsWith(hostile.QUIET) === true && cause === "signature-detached",
    );
    const release = document.releases.find(({ repository, tag }) => repository.endsWith(NAME) && tag === "1.0.1");
    const verdict = release === undefined ? "" : `${release.verdict}${release.reason === null ? "" : `/${release.reason}`}`;
    const isSlow = stopped.some(({ seconds, code }) => seconds > 5 || code === null);
    const isWithin = peakMebibytes <= (row.peakMebibytes ?? 300) && history <= (row.historyMebibytes ?? 5) && told && !isSlow;
    const isRight = row.expected === undefined || verdict === row.expected;
    cells.push(row.name, requests, bytes.toFixed(0), wallSeconds.toFixed(1), peakMebibytes.toFixed(0));
    cells.push(
      history.toFixed(2),
      verdict,
      told ? "yes" : "NO",
      stopped.map(({ seconds, code }) => `${seconds.toFixed(1)} (${code})`).join(" "),
    );
    say(`| ${cells.join(" | ")} | ${isWithin && isRight ? "" : "past its bar"} |`);
    return isWithin && isRight;
  } catch (error) {
    say(`| ${row.name} | ${String(error).slice(0, 300).replaceAll("\n", " ")} |`);
    return false;
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv[2] ?? "";
say("| night | requests | MiB | s | peak MiB | history MiB | 1.0.1 | others told | s after Ctrl-C (code) | |");
say("|---|---|---|---|---|---|---|---|---|---|");
let isWithin = true;
for (const row of ROWS) if (row.name.includes(wanted)) isWithin = (await play(row)) && isWithin;
if (!isWithin) process.exitCode = 1;
