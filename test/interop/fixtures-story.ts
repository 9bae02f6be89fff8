import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { runAudit, writeWatchList } from "./audit-command.ts";
import { expectIn, readExpectedReleases } from "./expected-release.ts";
import { pushLayout, type LayoutManifest } from "./push-layout.ts";
import type { OpenedRegistry } from "./opened-registry.ts";
import { makeFolder } from "./registry-process.ts";

const FIXTURES = "test/fixtures";
const RELEASES = readExpectedReleases(join(FIXTURES, "EXPECTED.tsv"));
const LAYOUTS = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["keys", "lookaside"].includes(entry.name))
  .map(({ name }) => name);
const SCENARIOS = [...new Set(RELEASES.map(({ scenario }) => scenario))];
const FIRST_NIGHT = "2026-11-20T02:00:00Z";
const SECOND_NIGHT = "2026-11-21T02:00:00Z";

/** Images that cosign, skopeo and notation signed, pushed as they are and audited on two nights. */
export function playFixtures({ kind, registry }: OpenedRegistry): void {
  const pushed = new Map<string, LayoutManifest[]>();
  const repositoryOf = (layout: string): string => `${kind.prefix ?? ""}fixtures/${layout}`;

  beforeAll(async () => {
    for (const layout of LAYOUTS) pushed.set(layout, await pushLayout(registry().ask, repositoryOf(layout), join(FIXTURES, layout)));
  }, 240_000);

  it("serves every manifest with the bytes that were pushed", async () => {
    for (const [layout, manifests] of pushed) {
      for (const { digest, tag, mediaType, bytes } of manifests) {
        const path = `/v2/${repositoryOf(layout)}/manifests/${tag ?? digest}`;
        const response = await registry().ask(path, { headers: { accept: mediaType }, scope: `pull ${layout}` });
        expect(Buffer.from(await response.arrayBuffer()).equals(bytes), path).toBe(true);
      }
    }
  });

  it(`${kind.referrersApi ? "lists" : "does not list"} the referrers that were pushed`, async () => {
    const referrers = pushed.get("cosign3-api")!.filter(({ subject }) => subject !== null);
    expect(referrers).not.toEqual([]);
    for (const { digest, subject } of referrers) {
      const response = await registry().ask(`/v2/${repositoryOf("cosign3-api")}/referrers/${subject}`, { scope: "pull cosign3-api" });
      const body = await response.text();
      expect([response.status, body.includes(digest)]).toEqual(kind.referrersApi ? [200, true] : [404, false]);
    }
  });

  it.for(SCENARIOS)("is audited rightly on two nights: %s", async (scenario, { skip }) => {
    skip(scenario === "gpg", "its signatures lie on a lookaside web server, where this version does not look yet");
    const { login } = kind;
    const releases = RELEASES.filter((release) => release.scenario === scenario);
    const expected = releases.map((release) => ({ tag: release.tag, digest: release.digest, ...expectIn(release, kind) }));
    const home = makeFolder();
    try {
      const config = writeWatchList(home.path, {
        host: registry().host,
        repository: repositoryOf(scenario),
        signatureRepository: scenario === "app-code" ? repositoryOf("app-signatures") : null,
        key: join(FIXTURES, "keys", "release.pub"),
        login,
      });
      const first = await runAudit(config, FIRST_NIGHT, login);
      const verdicts = first.document.releases.map(({ tag, digest, verdict, reason }) => ({ tag, digest, verdict, reason }));
      expect(verdicts).toEqual(expected);
      expect(first.document.run).toMatchObject({ baseline: true, complete: true });
      expect(first.exitCode).toBe(expected.some(({ verdict }) => verdict !== "signed") ? 1 : 0);
      for (const { tag, place, verdict } of releases) {
        if (expected.find((one) => one.tag === tag)!.verdict !== "signed" || verdict !== "signed") continue;
        const places = first.document.releases.find((one) => one.tag === tag)!.signers.map((signer) => signer.place);
        // A registry with the API lists what was pushed for the fallback tag as well.
        expect(places.includes(place!) || (kind.referrersApi && places.includes("referrers-api")), `${tag}: ${places.join()}`).toBe(true);
      }

      const second = await runAudit(config, SECOND_NIGHT, login);
      expect(second.document.releases.map(({ tag, digest, verdict, reason }) => ({ tag, digest, verdict, reason }))).toEqual(expected);
      expect(second.document.run).toMatchObject({ baseline: false, complete: true });
      expect(second.document.findings).toEqual(first.document.findings);
      expect(second.exitCode).toBe(first.exitCode);
    } finally {
      home.remove();
    }
  });
}
