import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { initializeTUFRepo, tufHandlers } from "@tufjs/repo-mock";
import { describe, expect, it, onTestFinished } from "vitest";
import { embeddedRoot } from "../../lib/verification/trust/embedded-roots.ts";
import { parseTrustedRoot } from "../../lib/verification/trust/parse-trusted-root.ts";
import { refreshRoot, type RefreshOptions } from "../../lib/verification/trust/refresh-root.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { makeSigstore } from "../sigstore/test-sigstore.ts";

interface Mirror {
  readonly options: RefreshOptions;
  /** Requests that arrived. */
  readonly asked: string[];
  /** Answers 503 from now on. */
  fail(): void;
  /** Serves other bytes for the trusted root than are signed. */
  tamper(): void;
}

/** A TUF repository with this trusted root, served over HTTP. */
async function serveRoot(text: string): Promise<Mirror> {
  const repository = initializeTUFRepo([{ name: "trusted_root.json", content: text }]);
  const handlers = new Map(
    tufHandlers(repository, { metadataPathPrefix: "", targetPathPrefix: "/targets" }).map(({ path, fn }) => [path, fn]),
  );
  const asked: string[] = [];
  let [failing, tampered] = [false, false];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = failing ? { statusCode: 503, response: "" } : handlers.get(request.url ?? "")?.();
    const body = tampered && (request.url ?? "").startsWith("/targets/") ? `${text} ` : answer?.response;
    response.writeHead(answer?.statusCode ?? 404).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const folder = makeDirectory();
  const rootPath = join(folder, "bootstrap.json");
  writeFileSync(rootPath, JSON.stringify(repository.rootMeta.toJSON()));
  const mirror = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, rootPath };
  const options = { cachePath: join(folder, "cache"), timeoutMilliseconds: 60_000, mirror };
  mkdirSync(options.cachePath);
  return { options, asked, fail: () => (failing = true), tamper: () => (tampered = true) };
}

const text = makeSigstore().trustedRoot;

describe("refreshRoot", () => {
  it("fetches the root by TUF, and no more than its metadata the next time", async () => {
    const mirror = await serveRoot(text);
    const first = await refreshRoot("public-good", mirror.options);
    expect(first.warning).toBeNull();
    expect(first.root.text).toBe(text);
    expect(first.root.usableUntil).toBeGreaterThan(Date.now());
    mirror.asked.length = 0;
    expect((await refreshRoot("public-good", mirror.options)).root.text).toBe(text);
    expect(mirror.asked.filter((path) => path.startsWith("/targets/"))).toEqual([]);
  });

  it("falls back to what it fetched last, and says so", async () => {
    const mirror = await serveRoot(text);
    await refreshRoot("public-good", mirror.options);
    mirror.fail();
    const { root, warning } = await refreshRoot("public-good", mirror.options);
    expect(root.text).toBe(text);
    expect(warning).toContain("the copy that was fetched last is used, good until");
  });

  it("falls back to the copy that comes along where nothing was ever fetched", async () => {
    const mirror = await serveRoot(text);
    mirror.fail();
    for (const name of ["public-good", "github"] as const) {
      const { root, warning } = await refreshRoot(name, mirror.options);
      expect(root).toEqual(embeddedRoot(name));
      expect(warning).toContain("the copy that comes with Sealwatch is used, good until");
    }
  });

  it("never takes a root that is not the signed one", async () => {
    const mirror = await serveRoot(text);
    mirror.tamper();
    const { root, warning } = await refreshRoot("public-good", mirror.options);
    expect(root).toEqual(embeddedRoot("public-good"));
    expect(warning).not.toBeNull();
    expect(readdirSync(mirror.options.cachePath)).not.toEqual([]);
  });

  it("does not fail where its folder cannot be written", async () => {
    const mirror = await serveRoot(text);
    const path = join(mirror.options.cachePath, "a file");
    writeFileSync(path, "");
    expect((await refreshRoot("github", { ...mirror.options, cachePath: path })).root).toEqual(embeddedRoot("github"));
  });
});

describe("the copies that come along", () => {
  it.each(["public-good", "github"] as const)("hold usable authorities: %s", (name) => {
    const { text: copy, usableUntil } = embeddedRoot(name);
    const parsed = parseTrustedRoot(copy);
    expect(parsed).toMatchObject({ kind: "parsed", material: { demands: { log: name === "github" ? "none" : "required" } } });
    expect(usableUntil).toBeGreaterThan(Date.parse("2027-01-01T00:00:00Z"));
  });
});

describe("parseTrustedRoot", () => {
  const root = JSON.parse(text) as { tlogs: { publicKey: { validFor?: object; rawBytes: string } }[]; certificateAuthorities: object[] };

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["another document", `{"mediaType":"application/json"}`],
    ["nobody to trust", JSON.stringify({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" })],
    [
      "too many authorities",
      JSON.stringify({ ...root, certificateAuthorities: Array.from({ length: 65 }, () => root.certificateAuthorities[0]) }),
    ],
  ])("refuses %s", (_, other) => {
    expect(parseTrustedRoot(other).kind).toBe("malformed");
  });

  it("leaves out an authority that it cannot read, and demands logs all the same", () => {
    const changed = structuredClone(root);
    changed.tlogs[0]!.publicKey.rawBytes = "AAAA";
    const parsed = parseTrustedRoot(JSON.stringify(changed));
    expect(parsed).toMatchObject({ kind: "parsed", material: { logs: [], demands: { log: "required" } } });
  });

  it("takes a validity that is not there for always, and refuses one without a start", () => {
    const logsWith = (validFor: object | undefined): number => {
      const changed = structuredClone(root);
      if (validFor === undefined) delete changed.tlogs[0]!.publicKey.validFor;
      else changed.tlogs[0]!.publicKey.validFor = validFor;
      const parsed = parseTrustedRoot(JSON.stringify(changed));
      return parsed.kind === "parsed" ? parsed.material.logs.length : -1;
    };
    expect([
      logsWith(undefined),
      logsWith({}),
      logsWith({ end: "2027-01-01T00:00:00Z" }),
      logsWith({ start: "2026-01-01T00:00:00Z" }),
    ]).toEqual([1, 0, 0, 1]);
  });
});
