import { describe, expect, it } from "vitest";
import { sendJson } from "../start-server.ts";
import { AZURE } from "../../imitations/azure.ts";
import { imageOf, signatureOf } from "../../imitations/imitation.ts";
import { itFallsBackToTheTagList, openImitation } from "./bulk-imitation.ts";

const HOST = "acme.azurecr.io";

describe("a repository of Azure", () => {
  it.each([
    [250, 2],
    [1_000, 2 + 3],
    [2_500, 3 + 5 + 1],
  ])("of %i tags is listed with what each tag names and what is stored, by %i requests after its login", async (count, requests) => {
    const { list, lists, cloud } = await openImitation(AZURE, count);
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk?.digests.get("v7")]).toEqual([count, true, imageOf(7)]);
    expect([bulk?.stored?.size, bulk?.stored?.has(signatureOf(7))]).toEqual([2 * count, true]);
    expect([lists().length, cloud.seen.length]).toEqual([requests + 1, requests + 2]);
  });

  it("is asked for with a refresh token, too", async () => {
    const { list } = await openImitation({ ...AZURE, credential: { kind: "identity-token", username: "0", token: "refresh" } });
    expect((await list()).tags.size).toBe(250);
  });

  it("is asked for with a token for its metadata, and never with the password", async () => {
    const { list, lists } = await openImitation(AZURE);
    await list();
    const sent = lists().map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set([undefined, "Bearer for-repository:team/app:metadata_read"]));
  });

  itFallsBackToTheTagList(AZURE);
});

describe("the repositories of Azure", () => {
  it("are those of its catalog", async () => {
    const { clients } = await openImitation(AZURE);
    expect(await clients.listRepositories(HOST, "team/")).toEqual({ paths: ["team/app"], complete: true, failure: null });
  });

  it("are refused in words that say what would mend it", async () => {
    const { clients } = await openImitation(AZURE, 1, (_, response) => (sendJson(response, 403, {}), true));
    expect((await clients.listRepositories(HOST, "")).failure?.detail).toContain("give this login the right to list the catalog");
  });
});
