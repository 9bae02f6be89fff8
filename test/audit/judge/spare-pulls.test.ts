import { expect, it, onTestFinished } from "vitest";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import { newDockerHub } from "../../imitations/docker-hub.ts";
import type { SigningWay } from "../../imitations/profiles.ts";
import { PullMeter } from "../../imitations/pull-meter.ts";
import { startSigned } from "../../imitations/signed-registry.ts";

const RELEASES = 20;
/** So many nights later, the turn of every release came. */
const LATER = 20;

/** Docker Hub after a first night, with so many pulls left, which never come back. */
async function startAudited(way: SigningWay, left: number) {
  const meter = new PullMeter(RELEASES + left);
  const signed = await startSigned({ imitate: () => newDockerHub(meter), options: { referrersApi: true } }, [way], RELEASES);
  onTestFinished(signed.close);
  await signed.audit(0);
  const { registry } = signed;
  const image = registry.store.digestOfTag(registry.path, "1.0.3")!;
  return { meter, signed, registry, image };
}

it.each<SigningWay>([".sig", "bundle"])("asks for known releases in full without one pull where they are signed by %s", async (way) => {
  const { meter, signed } = await startAudited(way, 0);
  const { document, requests } = await signed.audit(LATER);
  expect(document.summary).toMatchObject({ signed: RELEASES, unknown: 0 });
  expect([document.findings, meter.refused]).toEqual([[], 0]);
  // The tag or manifest by HEAD, the list of referrers, and the payload: nothing is taken from an earlier night but the manifest's bytes.
  expect(requests).toBeGreaterThan(3 * RELEASES);
});

it.each<SigningWay>([".sig", "bundle"])("tells that a signature was deleted where it was signed by %s", async (way) => {
  const { signed, registry, image } = await startAudited(way, 20);
  const signature = [...registry.store.repository(registry.path)!.manifests.values()].find(({ digest, subject }) =>
    way === "bundle" ? subject === image : digest === registry.store.digestOfTag(registry.path, cosignTag(image, ".sig")),
  )!;
  registry.store.deleteManifest(registry.path, signature.digest);
  const { document } = await signed.audit(LATER);
  expect(document.findings.map(({ cause, tag }) => `${cause} ${tag}`)).toEqual(["signature-deleted 1.0.3"]);
});

it("pulls what a tag names instead of the recorded signature", async () => {
  const { meter, signed, registry, image } = await startAudited(".sig", 20);
  const tag = cosignTag(image, ".sig");
  registry.store.untag(registry.path, tag);
  signSimple(registry, registry.path, registry.store.manifest(registry.path, image)!, newKeyPair());
  const { document } = await signed.audit(LATER);
  expect(document.releases.filter(({ verdict }) => verdict !== "signed").map(({ verdict }) => verdict)).toEqual(["untrusted"]);
  expect(meter.refused).toBe(0);
});
