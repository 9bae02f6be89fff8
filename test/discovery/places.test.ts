import { afterAll, describe, expect, it } from "vitest";
import type { Desk } from "../../lib/discovery/desk.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { listUnbuiltPlaces, openPlaces, type AskedPlace, type OpenedPlaces } from "../../lib/discovery/open-places.ts";
import { PLACES, PLACE_SETTINGS } from "../../lib/discovery/places.ts";
import { createReferrersCapability } from "../../lib/discovery/referrers-capability.ts";
import type { SearchedRepository } from "../../lib/discovery/searched-repository.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { parseRepository, type Repository } from "../../lib/oci/reference.ts";
import { watchBySigner } from "../../lib/watchlist/watch-by-signer.ts";
import type { WatchedRepository } from "../../lib/watchlist/watch-list.ts";
import { openClients } from "../audit/night.ts";

const key = newKeyPair();

function repositoryOf(name: string): Repository {
  const parsed = parseRepository(name);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.repository;
}

function watched(name: string, changes: Partial<WatchedRepository> = {}): WatchedRepository {
  const signer = { kind: "key", name: "release", pem: key.pem, source: "release.pub", until: null } as const;
  return { ...watchBySigner(repositoryOf(name), signer), ...changes };
}

/** Keeps whatever it is given. */
const DESK: Desk = {
  keep: () => true,
  take: () => true,
  wait: () => true,
  recall: () => null,
  refuse: (form, { annotations }, detail) => ({ form, annotations, content: { kind: "unusable", detail }, isSigners: false }),
  judge: (form, { annotations }, bytes) => Promise.resolve({ form, annotations, content: { kind: "bytes", bytes }, isSigners: false }),
};

function ask(place: AskedPlace, target: Digest, changes: Partial<Parameters<AskedPlace["ask"]>[0]> = {}): ReturnType<AskedPlace["ask"]> {
  return place.ask({
    target,
    circle: "listed",
    attested: true,
    recorded: new Set(),
    verified: new Set(),
    desk: DESK,
    gone: new Set(),
    held: false,
    before: null,
    ...changes,
  });
}

describe("the table of places", () => {
  it("has one row for each name", () => {
    const names = PLACES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("names every setting of the watch list that says where signatures are looked for", () => {
    expect(PLACE_SETTINGS.toSorted()).toEqual(["lookaside", "signatureRepository", "tagPrefix"]);
  });

  it("says in words what is configured and cannot be read", () => {
    expect(listUnbuiltPlaces(watched("example.com/app"))).toEqual([]);
    const [unbuilt] = listUnbuiltPlaces(watched("example.com/app", { lookaside: "https://example.com/signatures" }));
    expect(unbuilt).toMatchObject({
      what: "lookaside https://example.com/signatures",
      answer: { place: "lookaside", kind: "failed", failure: { code: "unsupported-place" } },
    });
  });
});

describe("the places of a watched repository", () => {
  const searches = new Map<string, number>();
  const clients = openClients();
  afterAll(() => clients.close());

  async function search(repository: Repository): Promise<SearchedRepository> {
    searches.set(repository.name, (searches.get(repository.name) ?? 0) + 1);
    const client = clients.of(repository);
    return { client, list: await client.listTags(), referrersApi: createReferrersCapability(client, false) };
  }

  async function open(entry: WatchedRepository): Promise<OpenedPlaces> {
    return openPlaces(entry, { main: await search(entry.repository), openRepository: search });
  }

  it("are those that it has: no other repository is opened unless the watch list names one", async () => {
    const registry = await startRegistry({ referrersApi: false });
    const image = buildImage({ seed: "bare" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    const plain = await open(watched(`${registry.host}/app`));
    const elsewhere = repositoryOf(`${registry.host}/signatures`);
    const wider = await open(watched(`${registry.host}/app`, { signatureRepository: elsewhere }));
    expect(wider.counting.map(({ name }) => name).filter((name) => !plain.counting.some((place) => place.name === name))).toEqual([
      "signature-repository",
    ]);
    expect(searches.get(elsewhere.name)).toBe(1);
    await registry.close();
  });

  it("answer under their own names, and so do the candidates that they find", async () => {
    const registry = await startRegistry({ referrersApi: false });
    const image = buildImage({ seed: "signed" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    signSimple(registry, "app", image, key);
    const { counting } = await open(watched(`${registry.host}/app`));
    const answers = await Promise.all(counting.flatMap((place) => ask(place, image.digest) ?? []));
    expect(answers.map(({ place, kind }) => `${place} ${kind}`)).toEqual([
      "referrers-api notApplicable",
      "referrers-tag nothing",
      "cosign-tag found",
    ]);
    const [candidate] = answers.flatMap((answer) => (answer.kind === "found" ? answer.candidates : []));
    expect(candidate).toMatchObject({ place: "cosign-tag", target: image.digest, form: "simple-signing" });
    const place = counting.find(({ name }) => name === candidate!.place);
    expect(await place!.isStillThere(image.digest, candidate!.artifact, "listed")).toBe(true);
    expect(await place!.isStillThere(image.digest, image.digest, "listed")).toBe(false);
    expect(await place!.isServed(image.digest, candidate!.artifact)).toMatchObject({ kind: "found" });
    await registry.close();
  });

  it("are asked directly only for what a list or another release's answer said is not there", async () => {
    const registry = await startRegistry({ referrersApi: true });
    const image = buildImage({ seed: "asked" });
    pushArtifact(registry.store, "app", image, "1.0.0");
    signSimple(registry, "app", image, key);
    const { counting } = await open(watched(`${registry.host}/app`));
    registry.requests.clear();
    const asked = counting.flatMap((place) => {
      const before = place.name === "referrers-api" ? "nothing" : "found";
      return ask(place, image.digest, { circle: "direct", before }) ?? [];
    });
    expect(await Promise.all(asked)).toHaveLength(1);
    expect(registry.requests.entries().map(({ reference }) => reference?.replace(/^sha256-[0-9a-f]+/, "…"))).toEqual([
      "….cosign",
      "….att",
      "….sbom",
    ]);
    await registry.close();
  });
});
