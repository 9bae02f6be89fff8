import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { askWhatIf } from "../../lib/what-if/what-if.ts";
import { buildManifest, EMPTY_CONFIG, pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attachReferrer } from "../../lib/controls/attach-referrer.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { auditNight, nightAt, verdictsOf, watch, watchList } from "../audit/night.ts";

const [key, other] = [newKeyPair(), newKeyPair()];
let registry: ControlRegistry;
let path: string;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  path = join(makeDirectory(), "history.db");
});
afterEach(() => registry.close());

const listOf = (pem: string): WatchList => watchList(watch(`${registry.host}/app`, pem));

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

async function audit(n: number): Promise<string[]> {
  const store = openSqliteHistory(path);
  const night = await auditNight(listOf(key.pem), store, n);
  await store.close();
  return verdictsOf(night);
}

async function ask(file: WatchList): Promise<string[]> {
  const store = openSqliteHistory(path);
  const judge = { store, trust: createTrustStore(new Map(), nightAt(1)).find, now: nightAt(1) };
  const { releases } = await askWhatIf(listOf(key.pem), file, judge);
  await store.close();
  return releases.map(({ tag, after }) => `${tag} ${after.verdict}${after.reason === null ? "" : `/${after.reason}`}`);
}

function withDatabase<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

type Row = { digest: string; bytes: Uint8Array };

/** Still what it was by form: one letter of a text is another. */
function flip({ digest, bytes }: Row): Row {
  return { digest, bytes: bytes.map((byte, at) => (at === Math.floor(bytes.length / 2) ? byte ^ 1 : byte)) };
}

it("gives no other verdict where anything of the evidence was changed or is gone, and the next night looks all the same", async () => {
  signSimple(registry, "app", push("1.0.0"), key);
  signBundle(registry, "app", push("1.1.0"), key);
  signSimple(registry, "app", push("1.2.0"), other);
  push("1.3.0");
  const audited = await audit(0);
  const lists = [listOf(key.pem), listOf(other.pem)];
  const whole = await Promise.all(lists.map(ask));
  expect(whole[0]).toEqual(audited);
  const rows = withDatabase((database) => database.prepare("SELECT digest, bytes FROM evidence").all() as unknown as Row[]);
  expect(rows.length).toBeGreaterThan(8);
  const save = ({ digest, bytes }: Row): void =>
    withDatabase((database) => void database.prepare("INSERT OR REPLACE INTO evidence VALUES (?, ?)").run(digest, bytes));
  let unknown = 0;
  for (const row of rows) {
    const remove = (): void => withDatabase((database) => database.exec(`DELETE FROM evidence WHERE digest = '${row.digest}'`));
    for (const change of [() => save(flip(row)), remove]) {
      change();
      for (const [at, list] of lists.entries()) {
        for (const [line, said] of (await ask(list)).entries()) {
          const isUnclear = / unknown\/(?:damaged|not-recorded|not-watched)$/.test(said);
          unknown += Number(isUnclear);
          expect(said).toBe(isUnclear ? said : whole[at]![line]);
        }
      }
      save(row);
    }
  }
  // The facts of four releases, the contents of three, and the watch list that all four were on: changed and gone, under two lists.
  expect(unknown).toBe(44);
  for (const row of rows) save(flip(row));
  expect(await audit(1)).toEqual(audited);
});

it("speaks of a release with an SBOM beside it, of which no bytes are ever recorded", async () => {
  const image = push("1.0.0");
  signSimple(registry, "app", image, key);
  const layers = [{ mediaType: "application/spdx+json", bytes: Buffer.from("{}") }];
  attachReferrer(
    registry,
    "app",
    image,
    buildManifest({ config: EMPTY_CONFIG, layers, subject: image, artifactType: "application/spdx+json" }),
  );
  await audit(0);
  expect(await ask(listOf(key.pem))).toEqual(["1.0.0 signed"]);
});

it("tells of the next watch list that it may let more pass, where the one before cannot be read any more", async () => {
  signSimple(registry, "app", push("1.0.0"), key);
  await audit(0);
  withDatabase((database) => database.exec("UPDATE evidence SET bytes = x'00'"));
  const store = openSqliteHistory(path);
  const next = listOf(other.pem);
  const night = await auditNight({ ...next, storm: { share: 1, least: 1000 } }, store, 1);
  await store.close();
  const phrases = night.told.flatMap(({ finding }) => finding?.facts.policy?.loosened ?? []);
  expect(phrases).toContainEqual(expect.stringContaining("the watch list before this one cannot be read"));
  const told = night.told.map(({ finding }) => finding?.facts.explanation ?? "");
  expect(told.filter((text) => text.includes("lets more pass"))).toEqual([]);
});
