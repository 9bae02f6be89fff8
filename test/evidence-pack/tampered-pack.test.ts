import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { makeSigstore } from "../sigstore/test-sigstore.ts";
import { auditNight, nightAt, openMemory, watch, watchList } from "../audit/night.ts";
import { packOf, reportOn, unpack } from "./packed-history.ts";

type Files = Map<string, Uint8Array>;
let packed: Files;
const folders: string[] = [];

beforeAll(async () => {
  const [registry, store, key] = [await startRegistry({ referrersApi: true }), openMemory(), newKeyPair()];
  for (const [tag, sign] of [
    ["1.0.0", signSimple],
    ["1.1.0", signBundle],
  ] as const) {
    const image = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", image, tag);
    sign(registry, "app", image, key);
  }
  const watched = watch(`${registry.host}/app`, key.pem);
  const policy = { ...watched.policy, transparencyLog: "optional" as const };
  const root = { text: makeSigstore().trustedRoot, usableUntil: Number.POSITIVE_INFINITY };
  const trust = createTrustStore(new Map([["public-good", root]]), nightAt(0));
  await auditNight(watchList({ ...watched, policy }), store, 0, { trust });
  packed = await packOf(await reportOn(store, 0), store);
  await Promise.all([registry.close(), store.close()]);
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Without the cryptography: a cosign that finds everything good must not make a changed pack a whole one. */
function verify(files: Files): { code: number | null; lines: string[] } {
  const folder = unpack(files);
  folders.push(folder);
  const { status, stdout } = spawnSync("sh", [join(folder, "verify.sh")], { env: { ...process.env, COSIGN: "true" }, encoding: "utf8" });
  return { code: status, lines: stdout.trimEnd().split("\n") };
}

/** With hashes made anew, as by whoever wants to deceive. */
function withNewManifest(files: Files): Files {
  const others = [...files].filter(([name]) => name !== "MANIFEST.sha256");
  const lines = others.map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  return new Map([...others, ["MANIFEST.sha256", Buffer.from(lines.join(""))]]);
}

function flip(bytes: Uint8Array): Uint8Array {
  // The first line of the script is a comment: it runs all the same.
  return bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
}

describe("verify.sh over a pack that somebody changed", () => {
  it("finds the pack whole as it was made, with every kind of file in it", () => {
    expect(verify(packed)).toMatchObject({ code: 0 });
    const kinds = new Set([...packed.keys()].map((name) => name.replace(/\/.*/, "")));
    expect(kinds).toEqual(new Set(["README.txt", "report.csv", "evidence", "keys", "roots", "verify.sh", "MANIFEST.sha256"]));
  });

  it("finds one flipped byte in each of its files", () => {
    for (const [name, bytes] of packed) {
      const { code, lines } = verify(new Map([...packed, [name, flip(bytes)]]));
      expect([name, code, lines[0]]).toEqual([name, 1, expect.stringMatching(/^FAILED {7}MANIFEST\.sha256: these files are /)]);
    }
  });

  it("finds that any of its files was removed", () => {
    for (const name of packed.keys()) {
      if (name === "verify.sh") continue;
      const files = new Map(packed);
      files.delete(name);
      const { code, lines } = verify(files);
      expect([name, code, lines.filter((line) => line.startsWith(name)).length]).toEqual([name, 1, 1]);
    }
  });

  it.each(["evidence/sha256/0000", "keys/another.pub", "report.html", ".hidden", "evidence/new/file"])(
    "finds %s that was added",
    (name) => {
      const { code, lines } = verify(new Map([...packed, [name, Buffer.from("x")]]));
      expect([code, lines.slice(0, 2)]).toEqual([1, ["FAILED       MANIFEST.sha256: these files are not of this pack:", name]]);
    },
  );

  it("finds evidence under a name that is not its digest, although the hashes were made anew", () => {
    for (const [name, bytes] of packed) {
      if (!name.startsWith("evidence/")) continue;
      const { code, lines } = verify(withNewManifest(new Map([...packed, [name, flip(bytes)]])));
      expect([code, lines.slice(0, 2)]).toEqual([1, ["FAILED       MANIFEST.sha256: these files are not what their names say:", name]]);
    }
  });

  it("finds a line that was taken out of the manifest", () => {
    const lines = Buffer.from(packed.get("MANIFEST.sha256")!).toString().split("\n");
    for (const [at, line] of lines.slice(0, -1).entries()) {
      const { code, lines: said } = verify(new Map([...packed, ["MANIFEST.sha256", Buffer.from(lines.toSpliced(at, 1).join("\n"))]]));
      expect([code, said[1]]).toEqual([1, line.split("  ")[1]]);
    }
  });
});
