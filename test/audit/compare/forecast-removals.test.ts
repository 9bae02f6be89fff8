import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import type { SigningPlace } from "../../../lib/controls/attach-referrer.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { signReferrer, signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { renderFinding, renderRecovered } from "../../../lib/notification/finding-text.ts";
import { DOORS } from "../doors.ts";
import { nightAt, openMemory, watch, watchList, type Night } from "../night.ts";
import { startEcr } from "./start-ecr.ts";
import { startHarbor } from "./start-harbor.ts";

const key = newKeyPair();
const HERE = { history: null };
let store: HistoryStore;

function pushImage(place: Pick<SigningPlace, "store">, repository: string, tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(place.store, repository, image, tag);
  return image;
}

/** Expires what has these tags so many days after it was pushed. */
function expire(description: string, days: number, tags: object): object {
  const selection = { ...tags, countType: "sinceImagePushed", countUnit: "days", countNumber: days };
  return { rules: [{ rulePriority: 1, description, selection, action: { type: "expire" } }] };
}

const UNTAGGED = expire("expire untagged", 14, { tagStatus: "untagged" });

function toldOf({ told }: Night): string[] {
  return told.flatMap(({ entry, finding }) => (finding === null ? [] : [`${entry.kind} ${finding.cause}`]));
}

function textsOf({ told }: Night): string[] {
  return told.flatMap(({ entry, finding }) => {
    if (finding === null) return [];
    return entry.kind === "recovered" ? renderRecovered(finding) : renderFinding(finding, HERE);
  });
}

beforeEach(() => {
  store = openMemory();
});
afterEach(() => store.close());

describe.each(Object.keys(DOORS) as (keyof typeof DOORS)[])("signatures that a clean-up will remove (%s)", (door) => {
  /** Five signed releases in ECR, all pushed before the first night. */
  async function openEcr() {
    const ecr = await startEcr(nightAt(-1));
    const images = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"].map((tag) => pushImage(ecr, "prod/app", tag));
    const signatures = images.map((image) => signReferrer(ecr, "prod/app", image, key));
    const list = watchList(watch(`${ecr.host}/prod/app`, key.pem));
    const auditNight = DOORS[door]();
    const audit = (n: number): Promise<Night> => auditNight(list, store, n, { registries: ecr.registries });
    return { ecr, list, images, signatures, audit };
  }

  it("are told once, a week before they go, and when they are safe again", async () => {
    const { ecr, audit } = await openEcr();
    ecr.policies.set("prod/app", UNTAGGED);
    for (const n of [0, 5]) expect(toldOf(await audit(n))).toEqual([]);

    const told = await audit(8);
    expect(toldOf(told)).toEqual(["opened retention-ahead"]);
    expect(told.document.findings).toMatchObject([{ cause: "retention-ahead", severity: "warning", tag: null, status: "open" }]);
    const [text] = textsOf(told);
    expect(text!.split("\n").slice(0, 3)).toEqual([
      '[WARNING] ....com/prod/app will lose 5 signatures from 2026-11-14 on, by the policy "expire untag...',
      `What happened: by the policy "expire untagged" of ${ecr.host}/prod/app, signatures of releases that stay will be gone, the first from 2026-11-14 02:00 UTC on: 1.0.0, 1.1.0, 1.2.0, 1.3.0, 1.4.0.`,
      '  The audit says: in 5 days the policy "expire untagged" deletes 5 signatures of releases that stay.',
    ]);
    expect(toldOf(await audit(9))).toEqual([]);

    ecr.policies.delete("prod/app");
    const safe = await audit(10);
    expect(toldOf(safe)).toEqual(["recovered retention-ahead"]);
    expect(textsOf(safe)[0]).toContain('will lose no more signatures by the policy "expire untagged"');
    expect(toldOf(await audit(11))).toEqual([]);
  });

  it("cost one request a night, and none where nothing is signed", async () => {
    const { ecr, images, signatures, audit } = await openEcr();
    ecr.policies.set("prod/app", UNTAGGED);
    await audit(0);
    expect(ecr.asked).toEqual(["prod/app"]);
    await audit(1);
    expect(ecr.asked).toEqual(["prod/app", "prod/app"]);
    for (const { digest } of [...images.slice(1), ...signatures]) ecr.store.deleteManifest("prod/app", digest);
    await audit(2);
    const before = ecr.asked.length;
    await audit(3);
    expect(ecr.asked).toHaveLength(before);
  });

  it("are told no more once they are deleted, which is told", async () => {
    const { ecr, signatures, audit } = await openEcr();
    ecr.policies.set("prod/app", UNTAGGED);
    await audit(0);
    expect(toldOf(await audit(8))).toEqual(["opened retention-ahead"]);
    for (const { digest } of signatures.slice(1)) ecr.store.deleteManifest("prod/app", digest);
    ecr.pushed.set(signatures[0]!.digest, nightAt(12));
    const gone = Array.from({ length: 4 }, () => "opened signature-deleted");
    expect(toldOf(await audit(13))).toEqual([...gone, "recovered retention-ahead"]);
    expect(toldOf(await audit(14))).toEqual([]);
  });

  it("are reminded of as long as they are ahead", async () => {
    const { ecr, list } = await openEcr();
    ecr.policies.set("prod/app", UNTAGGED);
    const auditNight = DOORS[door]();
    const audit = (n: number): Promise<Night> => auditNight(list, store, n, { registries: ecr.registries, remindSeconds: 3 * 86_400 });
    await audit(0);
    expect(toldOf(await audit(7))).toEqual(["opened retention-ahead"]);
    expect(toldOf(await audit(9))).toEqual([]);
    expect(toldOf(await audit(10))).toEqual(["reminder retention-ahead"]);
  });

  it("stay told, and nothing else is said, while the policy cannot be read", async () => {
    const { ecr, audit } = await openEcr();
    ecr.policies.set("prod/app", "refused");
    expect(toldOf(await audit(0))).toEqual([]);
    ecr.policies.set("prod/app", UNTAGGED);
    expect(toldOf(await audit(8))).toEqual(["opened retention-ahead"]);
    ecr.policies.set("prod/app", "refused");
    const night = await audit(9);
    expect(toldOf(night)).toEqual([]);
    expect([night.document.run.complete, night.exitCode, night.warnings]).toEqual([true, 0, []]);
    ecr.policies.set("prod/app", UNTAGGED);
    expect(toldOf(await audit(10))).toEqual([]);
  });

  it("are told on the first night, too, if they may go at any time", async () => {
    const ecr = await startEcr(nightAt(-20), false);
    signReferrer(ecr, "prod/app", pushImage(ecr, "prod/app", "1.0.0"), key);
    const list = watchList(watch(`${ecr.host}/prod/app`, key.pem));
    ecr.policies.set("prod/app", expire("companions", 14, { tagStatus: "tagged", tagPrefixList: ["sha256-"] }));
    const told = await DOORS[door]()(list, store, 0, { registries: ecr.registries });
    expect(toldOf(told)).toEqual(["opened retention-ahead"]);
    expect(told.told.flatMap(({ finding }) => finding?.facts ?? [])).toMatchObject([
      {
        explanation: 'within a day the policy "companions" deletes 1 signature of releases that stay',
        retention: { signatures: 1, releases: ["1.0.0"], more: 0 },
      },
    ]);
  });

  it("are not told where the releases go with them", async () => {
    const { ecr, audit } = await openEcr();
    ecr.policies.set("prod/app", expire("short lives", 14, { tagStatus: "any" }));
    for (const n of [0, 8, 9]) expect(toldOf(await audit(n))).toEqual([]);
  });

  it("are told of a repository in which only signatures are stored", async () => {
    const ecr = await startEcr(nightAt(-1));
    signSimple(ecr, "prod/app", pushImage(ecr, "prod/app", "1.0.0"), key, { to: "prod/signatures" });
    ecr.policies.set("prod/app", UNTAGGED);
    ecr.policies.set("prod/signatures", expire("keep two weeks", 14, { tagStatus: "any" }));
    const signatureRepository = { registry: ecr.host, path: "prod/signatures", name: `${ecr.host}/prod/signatures` };
    const list = watchList(watch(`${ecr.host}/prod/app`, key.pem, { signatureRepository }));
    const auditNight = DOORS[door]();
    const audit = (n: number): Promise<Night> => auditNight(list, store, n, { registries: ecr.registries });
    expect(toldOf(await audit(0))).toEqual([]);
    const told = await audit(8);
    expect(toldOf(told)).toEqual(["opened retention-ahead"]);
    expect(textsOf(told)[0]).toContain(`by the policy "keep two weeks" of ${ecr.host}/prod/signatures`);
    ecr.policies.delete("prod/signatures");
    expect(toldOf(await audit(9))).toEqual(["recovered retention-ahead"]);
  });

  it("are told of companion tags that the tag retention of Harbor does not keep", async () => {
    const harbor = await startHarbor(nightAt(-1));
    signSimple({ ...harbor, options: { referrersApi: false } }, "acme/app", pushImage(harbor, "acme/app", "1.0.0"), key);
    const list = watchList(watch(`${harbor.host}/acme/app`, key.pem));
    const auditNight = DOORS[door]();
    const audit = (n: number): Promise<Night> => auditNight(list, store, n);
    const tags = (pattern: string) => ({ tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern }], scope_selectors: {} });
    const rules = [
      { action: "retain", template: "always", params: {}, ...tags("[0-9]*.[0-9]*") },
      { action: "retain", template: "nDaysSinceLastPush", params: { nDaysSinceLastPush: 14 }, ...tags("**") },
    ];
    expect(toldOf(await audit(0))).toEqual([]);
    harbor.policy = { rules, cron: "0 0 3 * * *" };
    expect(toldOf(await audit(5))).toEqual([]);
    const told = await audit(8);
    expect(toldOf(told)).toEqual(["opened retention-ahead"]);
    expect(textsOf(told)[0]).toContain(
      'in 6 days the policy "tag retention of the project acme" deletes 1 signature of releases that stay',
    );
    harbor.policy = { rules: [{ action: "retain", template: "always", params: {}, ...tags("**") }], cron: "0 0 3 * * *" };
    expect(toldOf(await audit(9))).toEqual(["recovered retention-ahead"]);
  });
});
