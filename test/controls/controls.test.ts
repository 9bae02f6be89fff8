import { afterEach, beforeEach, expect, it } from "vitest";
import { CONTROL_EXPECTATIONS, CONTROL_REPOSITORY, startControls } from "../../lib/controls/controls.ts";
import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { Digest } from "../../lib/oci/digest.ts";

let registry: ControlRegistry;
let publicKey: string;
beforeEach(async () => {
  ({ registry, publicKey } = await startControls());
});
afterEach(() => registry.close());

function ask(path: string): Promise<Response> {
  return fetch(`${registry.url}/v2/${CONTROL_REPOSITORY}/${path}`);
}

function digestOf(tag: string): Digest {
  return registry.store.digestOfTag(CONTROL_REPOSITORY, tag)!;
}

async function listReferrers(tag: string): Promise<Digest[]> {
  const answer = await ask(`referrers/${digestOf(tag)}`);
  return ((await answer.json()) as { manifests: { digest: Digest }[] }).manifests.map((entry) => entry.digest);
}

it("serves an image for every expectation, and no other release", async () => {
  const { tags } = (await (await ask("tags/list")).json()) as { tags: string[] };
  expect(tags.filter((tag) => !tag.startsWith("sha256-"))).toEqual(CONTROL_EXPECTATIONS.map(({ tag }) => tag).toSorted());
  expect(publicKey).toContain("BEGIN PUBLIC KEY");
});

it("expects every verdict that an audit must tell apart", () => {
  expect(new Set(CONTROL_EXPECTATIONS.map(({ verdict }) => verdict))).toEqual(new Set(["signed", "unsigned", "untrusted", "unknown"]));
});

it("has signatures under tags and as referrers, and none at the unsigned image", async () => {
  const status = async (tag: string): Promise<number> => (await ask(`manifests/${cosignTag(digestOf(tag), ".sig")}`)).status;
  expect([await status("1.0.0-signed"), await status("1.0.0-misbound"), await status("1.0.0-unsigned")]).toEqual([200, 200, 404]);
  expect(await listReferrers("1.0.0-signed-bundle")).toHaveLength(1);
  expect(await listReferrers("1.0.0-stranger")).toHaveLength(1);
  expect(await listReferrers("1.0.0-unsigned")).toEqual([]);
});

it("lists a signature of the unreadable image and refuses to deliver it", async () => {
  const [signature] = await listReferrers("1.0.0-unreadable");
  expect((await ask(`manifests/${signature}`)).status).toBe(403);
});
