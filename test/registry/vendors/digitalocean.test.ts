import { describe, expect, it } from "vitest";
import { sendJson } from "../start-server.ts";
import { DIGITALOCEAN } from "../../imitations/digitalocean.ts";
import { imageOf, signatureOf } from "../../imitations/imitation.ts";
import { itFallsBackToTheTagList, openImitation } from "./bulk-imitation.ts";

const HOST = "registry.digitalocean.com";
const API = "api.digitalocean.com";

describe("a repository of DigitalOcean", () => {
  it("is listed with what each tag names and what bears none, 200 manifests a request", async () => {
    const { list, cloud } = await openImitation(DIGITALOCEAN);
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk?.digests.get("v7"), bulk?.stored?.has(signatureOf(7))]).toEqual([250, true, imageOf(7), true]);
    expect(cloud.asked()).toEqual(Array.from({ length: 3 }, () => `GET ${API}/v2/registries/acme/repositories/team%2Fapp/digests`));
  });

  it("has its token sent to the API only, unless the registry asks for it", async () => {
    const { list, cloud } = await openImitation(DIGITALOCEAN, 1, (_, response) => (sendJson(response, 403, {}), true));
    expect([...(await list()).tags]).toEqual(["from-the-list"]);
    const sent = cloud.seen.map(({ host, headers }) => `${host} ${headers.authorization ?? "nothing"}`);
    expect([...new Set(sent)]).toEqual([`${API} Bearer dop_v1_s3cret`, `${HOST} nothing`]);
  });

  it("is listed by its tag list where the API counts more than it gives", async () => {
    const { list } = await openImitation(
      DIGITALOCEAN,
      1,
      (_, response) => (sendJson(response, 200, { manifests: [], meta: { total: 1 } }), true),
    );
    expect([...(await list()).tags]).toEqual(["from-the-list"]);
  });

  itFallsBackToTheTagList(DIGITALOCEAN);
});

describe("the repositories of DigitalOcean", () => {
  it("are those of a registry of the account", async () => {
    const { clients } = await openImitation(DIGITALOCEAN);
    expect(await clients.listRepositories(HOST, "acme/")).toEqual({ paths: ["acme/team/app", "acme/web"], complete: true, failure: null });
  });

  it("cannot be listed without one, and it is said so", async () => {
    const { clients } = await openImitation(DIGITALOCEAN);
    expect((await clients.listRepositories(HOST, "")).failure?.detail).toContain("begin the name with the registry");
  });
});
