import { describe, expect, it } from "vitest";
import { ANONYMOUS } from "../../../lib/registry/credentials/credential.ts";
import { GITHUB } from "../../imitations/github.ts";
import { imageOf, signatureOf } from "../../imitations/imitation.ts";
import { itFallsBackToTheTagList, openImitation } from "./bulk-imitation.ts";

const API = "api.github.com";

describe("a package of GitHub", () => {
  it("is listed with what each tag names and what bears none, 100 versions a request", async () => {
    const { list, cloud } = await openImitation(GITHUB);
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk?.digests.get("v7"), bulk?.stored?.has(signatureOf(7))]).toEqual([250, true, imageOf(7), true]);
    expect(cloud.asked()).toEqual(Array.from({ length: 5 }, () => `GET ${API}/orgs/acme/packages/container/team%2Fapp/versions`));
  });

  it("of a user is found there, and the next one at once", async () => {
    const { list, cloud } = await openImitation(GITHUB, 1);
    for (const path of ["ann/app", "ann/web"]) expect((await list(path)).tags.size).toBe(1);
    const owners = cloud.asked().map((asked) => /com(\/\w+\/\w+)\//.exec(asked)?.[1]);
    expect(owners).toEqual(["/orgs/ann", "/users/ann", "/users/ann"]);
  });

  it("is listed by its tag list without a login, and the API is not asked", async () => {
    const { list, lists } = await openImitation({ ...GITHUB, credential: ANONYMOUS });
    expect([[...(await list()).tags], lists().length]).toEqual([["from-the-list"], 0]);
  });

  it("has its token sent to the API only", async () => {
    const { list, cloud, clients } = await openImitation(GITHUB);
    await list();
    await clients.of({ registry: "ghcr.io", path: "acme/team/app", name: "ghcr.io/acme/team/app" }).resolveTag("v1", { listed: true });
    expect(cloud.seen.filter(({ host, headers }) => headers.authorization !== undefined && host !== API)).toEqual([]);
  });

  itFallsBackToTheTagList(GITHUB);
});

describe("the packages of GitHub", () => {
  it.each([
    ["acme/", ["acme/team/app", "acme/web"]],
    ["ann/", ["ann/team/app", "ann/web"]],
    ["acme/team/", ["acme/team/app"]],
  ])("below %s are those of the owner", async (prefix, paths) => {
    const { clients } = await openImitation(GITHUB);
    expect(await clients.listRepositories("ghcr.io", prefix)).toEqual({ paths, complete: true, failure: null });
  });

  it.each([
    ["", GITHUB.credential],
    ["acme/", ANONYMOUS],
    ["stranger/", GITHUB.credential],
  ])("below %j cannot be listed by %j, and it is said what would mend that", async (prefix, credential) => {
    const { clients } = await openImitation({ ...GITHUB, credential });
    const { complete, failure } = await clients.listRepositories("ghcr.io", prefix);
    expect([complete, failure?.detail]).toEqual([false, expect.stringContaining("a classic token that has read:packages")]);
  });
});
