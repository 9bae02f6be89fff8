import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { auditNight, fixturePath, openMemory, watch, watchList } from "../audit/night.ts";
import { auditFixtures, auditOtherwise, packOf, reportOn, unpack } from "./packed-history.ts";

/** Where test/interop/install-registries.sh --peers puts it. */
const COSIGN = join(process.env["SEALWATCH_INTEROP_BIN"] ?? join(homedir(), ".cache", "sealwatch-interop"), "cosign");
const isInstalled = existsSync(COSIGN);
if (!isInstalled) process.stderr.write(`verify.sh is not run: ${COSIGN} is not installed\n`);

const KEY_KINDS = ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "ed25519"] as const;

type Files = Map<string, Uint8Array>;
let store: HistoryStore;
let model: ReportModel;
let packed: Files;
const folders: string[] = [];

beforeAll(async () => {
  store = await auditFixtures();
  model = await reportOn(store, 0);
  packed = await packOf(model, store);
});
afterAll(async () => {
  await store.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

function verify(files: Files): { code: number | null; lines: string[]; folder: string } {
  const folder = unpack(files);
  folders.push(folder);
  const { status, stdout, stderr } = spawnSync("sh", [join(folder, "verify.sh")], {
    cwd: "/",
    env: { ...process.env, COSIGN },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return { code: status, lines: stdout.trimEnd().split("\n"), folder };
}

/** The pack with other bytes in some files, and a manifest that says so: as whoever wants to deceive would leave it. */
function forge(changes: Readonly<Record<string, Uint8Array>>): Files {
  const files = new Map([...packed, ...Object.entries(changes)]);
  files.delete("MANIFEST.sha256");
  const lines = [...files].map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  return files.set("MANIFEST.sha256", Buffer.from(lines.join("")));
}

/** The files of the one signature that the script tries for a release. */
function filesOf(release: string): [payload: string, signature: string] {
  const script = Buffer.from(packed.get("verify.sh")!).toString();
  const match = new RegExp(`^release \\S+/${release} [^]*?^simple (\\S+) (\\S+)$`, "m").exec(script)!;
  return [match[1]!, match[2]!];
}

const failedOf = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("FAILED"));

describe.skipIf(!isInstalled)("verify.sh with a released cosign", () => {
  it("verifies every release that cosign 1 to 3 and podman signed, and says what it leaves out", () => {
    const { code, lines } = verify(packed);
    const signed = model.repositories.flatMap(({ releases }) => releases).filter(({ verdict }) => verdict === "signed");
    expect(lines.filter((line) => line.startsWith("verified")).map((line) => line.split(/ +/)[2])).toEqual(
      signed.map(({ digest }) => digest),
    );
    expect([code, lines.at(-1)]).toEqual([0, "20 verified, 0 failed, 14 not checked (unsigned: 10, untrusted: 4)"]);
  });

  it("verifies attestations where the policy accepts them, each platform where it judges platforms, and two signers where it wants two", async () => {
    const signerOf = (name: string) => ({
      kind: "key" as const,
      name,
      pem: readFileSync(fixturePath(`keys/${name}.pub`), "utf8"),
      source: `${name}.pub`,
      until: null,
    });
    const own = await auditOtherwise({
      attested: { policy: { accept: ["attestation"] } },
      "cosign3-api": { policy: { accept: ["attestation"] } },
      multi: { target: "platforms" },
      cosign2: { policy: { threshold: 2, signers: [signerOf("release"), signerOf("other")] } },
    });
    const files = await packOf(await reportOn(own, 0), own);
    await own.close();
    const { code, lines } = verify(files);
    const verified = lines.filter((line) => line.startsWith("verified")).map((line) => /\/(\S+)/.exec(line)![1]);
    expect(verified).toEqual(["attested:1.0.1", "attested:1.0.0", "cosign2:1.0.3", "cosign3-api:1.0.3"]);
    const inPart = lines.filter((line) => line.startsWith("in part"));
    expect(inPart).toEqual([
      expect.stringMatching(/multi:1\.0\.2 sha256:\w+: its signatures, but not that these are the platforms of the image$/),
    ]);
    expect([code, failedOf(lines)]).toEqual([0, []]);
    expect(lines.at(-1)).toMatch(/^4 verified, 1 in part, 0 failed, /);
    const platforms = /multi:1\.0\.2 [^]*?^conclude/m.exec(Buffer.from(files.get("verify.sh")!).toString())![0];
    expect(new Set(platforms.match(/^signer .*/gm)).size).toBe(2);
  });

  it("verifies what keys of every kind signed, in every form", async () => {
    const registry = await startRegistry({ referrersApi: true });
    const own = openMemory();
    const entries = KEY_KINDS.flatMap((kind) => {
      const pair = newKeyPair(kind);
      return [signSimple, signBundle].map((sign) => {
        const name = `${kind}-${sign.name.toLowerCase()}`;
        const image = buildImage({ seed: name });
        pushArtifact(registry.store, name, image, "1.0.0");
        sign(registry, name, image, pair);
        const watched = watch(`${registry.host}/${name}`, pair.pem);
        return { ...watched, policy: { ...watched.policy, name } };
      });
    });
    await auditNight(watchList(...entries), own, 0);
    const { code, lines } = verify(await packOf(await reportOn(own, 0), own));
    await Promise.all([registry.close(), own.close()]);
    expect([code, lines.at(-1)]).toEqual([0, "10 verified, 0 failed, 0 not checked"]);
  });

  it("finds a payload of which one byte is another, by its hash and, where the manifest was made anew, by its signature", () => {
    const [payload] = filesOf("cosign2:1.0.0");
    const bytes = Uint8Array.from(packed.get(payload)!);
    bytes[bytes.length - 3]! ^= 1;
    const changed = verify(new Map([...packed, [payload, bytes]]));
    expect(changed.lines.slice(0, 2)).toEqual([
      "FAILED       MANIFEST.sha256: these files are missing or not as they were packed:",
      `${payload}: FAILED`,
    ]);
    for (const { code, lines } of [changed, verify(forge({ [payload]: bytes }))]) {
      expect(failedOf(lines).at(-1)).toMatch(/cosign2:1\.0\.0 sha256:6e5d9c0b\w+: keys\/\S+\.pub: .*invalid signature/);
      expect([code, lines.at(-1)]).toEqual([1, "19 verified, 1 failed, 14 not checked (unsigned: 10, untrusted: 4)"]);
    }
  });

  it("verifies by another key only what that one signed as well", () => {
    const other = readFileSync(fixturePath("keys/other.pub"));
    const keys = [...packed.keys()].filter((name) => name.startsWith("keys/"));
    const { code, lines } = verify(forge(Object.fromEntries(keys.map((name) => [name, other]))));
    expect(lines.filter((line) => line.startsWith("verified"))).toEqual([expect.stringContaining("/cosign2:1.0.3 ")]);
    expect([code, lines.at(-1)]).toEqual([1, "1 verified, 19 failed, 14 not checked (unsigned: 10, untrusted: 4)"]);
  });

  it("counts a valid signature of another image for nothing", () => {
    const [payload, signature] = filesOf("cosign2:1.0.0");
    const [otherPayload, otherSignature] = filesOf("cosign2:1.0.4");
    const { code, lines } = verify(forge({ [payload]: packed.get(otherPayload)!, [signature]: packed.get(otherSignature)! }));
    expect(failedOf(lines)).toEqual([
      "FAILED       MANIFEST.sha256: these files are not what their names say:",
      expect.stringMatching(/cosign2:1\.0\.0 .+: the payload names another digest$/),
    ]);
    expect(lines).toEqual(expect.arrayContaining([payload, signature]));
    expect(code).toBe(1);
  });

  it.each(["report.csv", "MANIFEST.sha256"])("ends with 1 where %s was removed, although every signature is there", (name) => {
    const files = new Map(packed);
    files.delete(name);
    const { code, lines } = verify(files);
    expect([code, failedOf(lines)]).toEqual([1, [expect.stringContaining("MANIFEST.sha256: these files are missing")]]);
  });

  it("fails the release whose bundle was removed", () => {
    const script = Buffer.from(packed.get("verify.sh")!).toString();
    const bundle = /^release \S+cosign3-api:1\.0\.0 [^]*?^bundle (\S+) /m.exec(script)![1]!;
    const files = new Map(packed);
    files.delete(bundle);
    const { code, lines } = verify(files);
    expect([code, lines]).toEqual([1, expect.arrayContaining([`${bundle}: FAILED open or read`])]);
    expect(failedOf(lines)).toEqual([expect.stringContaining("MANIFEST"), expect.stringContaining("/cosign3-api:1.0.0 ")]);
  });

  it("runs nothing that a name of a registry or watch list holds", async () => {
    const names = ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "a\ntouch pwned\n", "\u001b[2J\u202e"];
    const [first] = model.repositories;
    const releases = names.flatMap((tag) => first!.releases.map((release) => ({ ...release, tag })));
    const hostile = { ...model, repositories: [{ ...first!, repository: "x", releases }] };
    const { code, lines, folder } = verify(await packOf(hostile, store));
    expect([code, existsSync(join(folder, "pwned")), lines.length]).toEqual([0, false, releases.length + 1]);
    expect(lines[0]).toContain(`${releases[0]!.repository}:$(touch pwned) sha256:`);
    for (const character of ["\u001b", "\u202e"]) expect(lines.join("")).not.toContain(character);
  });
});

it("says where there is no cosign, and ends with 2", () => {
  const folder = unpack(packed);
  folders.push(folder);
  const ended = spawnSync("sh", [join(folder, "verify.sh")], { env: { ...process.env, COSIGN: "/nowhere/cosign" }, encoding: "utf8" });
  expect(ended).toMatchObject({ status: 2, stdout: "", stderr: "verify.sh: cosign is not installed\n" });
});
