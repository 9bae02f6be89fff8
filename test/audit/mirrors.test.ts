import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import type { MessageEntry } from "../../lib/notification/message-entry.ts";
import { renderMessage } from "../../lib/notification/message.ts";
import { DOORS } from "./doors.ts";
import { openMemory, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let list: WatchList;

/** Pushes one image to the source and the mirror, and signs it in some of them. */
function push(tag: string, signedIn: readonly string[]): Artifact {
  const image = buildImage({ seed: tag });
  for (const repository of ["app", "mirror/app"]) pushArtifact(registry.store, repository, image, tag);
  for (const repository of signedIn) signSimple(registry, repository, image, key);
  return image;
}

function toldOf({ told }: Night): string[] {
  return told.flatMap(({ entry, finding }) =>
    finding ? [`${entry.kind} ${finding.cause} ${finding.repository.split("/").slice(1).join("/")}:${finding.tag}`] : [],
  );
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  const [source, mirror] = [`${registry.host}/app`, `${registry.host}/mirror/app`];
  list = watchList(watch(source, key.pem), watch(mirror, key.pem, { mirrorOf: source }));
});
afterEach(() => registry.close());

describe("a message about mirrors", () => {
  it("has the command that copies each release, also in a list", async () => {
    const store = openMemory();
    const images = [push("1.0.0", ["app"]), push("1.1.0", ["app"])];
    const { told, document } = await DOORS["one process"]()(list, store, 0);
    const opened = told.flatMap(({ finding }): MessageEntry[] => (finding?.cause === "mirror-gap" ? [{ kind: "opened", finding }] : []));
    const run = { id: document.run.id, since: document.run.id, remindSeconds: null, history: null };
    const { text } = renderMessage(run, opened);
    for (const [at, tag] of ["1.0.0", "1.1.0"].entries())
      expect(text).toContain(
        `Copy: regctl image copy --referrers --digest-tags ${registry.host}/app@${images[at]!.digest} ${registry.host}/mirror/app:${tag}`,
      );
    await store.close();
  });
});

describe.each(Object.keys(DOORS) as (keyof typeof DOORS)[])("a mirror (%s)", (door) => {
  it("has the signatures of its source, or is told by both names and the command that copies them", async () => {
    const [store, auditNight] = [openMemory(), DOORS[door]()];
    push("1.0.0", ["app", "mirror/app"]);
    expect(toldOf(await auditNight(list, store, 0))).toEqual([]);
    const image = push("1.1.0", ["app"]);
    await auditNight(list, store, 1);
    const [finding] = (await auditNight(list, store, 2)).document.findings;
    expect(finding).toMatchObject({ cause: "mirror-gap", severity: "alert", tag: "1.1.0", digest: image.digest, status: "open" });
    signSimple(registry, "mirror/app", image, key);
    expect(toldOf(await auditNight(list, store, 3))).toEqual(["recovered mirror-gap mirror/app:1.1.0"]);
    await store.close();
  });

  it("is told on its first night, too, because the source says what it should have", async () => {
    const [store, auditNight] = [openMemory(), DOORS[door]()];
    push("1.0.0", ["app"]);
    await auditNight(list, store, 0);
    const { document } = await auditNight(list, store, 1);
    expect(document.findings.map(({ cause, tag, status }) => `${cause} ${tag} ${status}`)).toEqual(["mirror-gap 1.0.0 open"]);
    await store.close();
  });

  it("is quiet about what is signed nowhere, and about a copy that is younger than grace", async () => {
    const [store, auditNight] = [openMemory(), DOORS[door]()];
    const { repositories } = list;
    const lagging = { ...list, repositories: [repositories[0]!, { ...repositories[1]!, graceSeconds: 3 * 86_400 }] };
    push("1.0.0", ["app", "mirror/app"]);
    await auditNight(lagging, store, 0);
    push("1.1.0", ["app"]);
    const quiet = [await auditNight(lagging, store, 1), await auditNight(lagging, store, 2)];
    expect(quiet.flatMap(toldOf)).toEqual([]);
    const late = [await auditNight(lagging, store, 5), await auditNight(lagging, store, 6)];
    expect(late.flatMap(toldOf)).toEqual(["opened mirror-gap mirror/app:1.1.0"]);
    await store.close();
  });
});
