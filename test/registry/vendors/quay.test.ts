import { describe, expect, it } from "vitest";
import { ANONYMOUS } from "../../../lib/registry/credentials/credential.ts";
import { sendJson } from "../start-server.ts";
import { QUAY } from "../../imitations/quay.ts";
import { imageOf } from "../../imitations/imitation.ts";
import { itFallsBackToTheTagList, openImitation } from "./bulk-imitation.ts";

const HOST = "quay.io";
const OAUTH = { kind: "basic", username: "$oauthtoken", password: "s3cret" } as const;

describe("a repository of Quay", () => {
  it("is listed with what each tag names, 100 tags a request", async () => {
    const { list, cloud } = await openImitation(QUAY);
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk?.digests.size, bulk?.digests.get("v7")]).toEqual([250, true, 250, imageOf(7)]);
    expect(cloud.asked()).toEqual(Array.from({ length: 3 }, () => `GET ${HOST}/api/v1/repository/acme/app/tag/`));
  });

  it.each([
    [OAUTH, "Bearer s3cret"],
    [{ ...OAUTH, username: "acme+robot" }, undefined],
    [ANONYMOUS, undefined],
  ])("is asked for with an OAuth token only: %j", async (credential, authorization) => {
    const { list, cloud } = await openImitation({ ...QUAY, credential });
    await list();
    expect(cloud.seen.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 3 }, () => authorization));
  });

  it("is known by its challenge, whatever its name is", async () => {
    const registry = "quay.acme.example";
    const { list, lists } = await openImitation({
      ...QUAY,
      registry,
      api: { ...QUAY.api, host: registry },
      answerRegistry: ({ url, headers }, response) => {
        if (url.startsWith("/v2/auth")) sendJson(response, 200, { token: "pull" });
        else if (headers.authorization !== "Bearer pull")
          sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="https://${registry}/v2/auth",service="${registry}"` });
        else return false;
        return true;
      },
    });
    const { tags, bulk } = await list();
    expect([[...tags], bulk?.digests.size, lists().length]).toEqual([["from-the-list"], 250, 3]);
    expect((await list("acme/other")).tags.size).toBe(250);
  });

  itFallsBackToTheTagList(QUAY);
});

describe("the repositories of Quay", () => {
  it("are those of an organisation, on all pages", async () => {
    const { clients } = await openImitation(QUAY);
    expect(await clients.listRepositories(HOST, "acme/")).toEqual({ paths: ["acme/app", "acme/web"], complete: true, failure: null });
  });

  it("cannot be listed without an organisation, and it is said so", async () => {
    const { clients } = await openImitation(QUAY);
    const { complete, failure } = await clients.listRepositories(HOST, "");
    expect([complete, failure?.detail]).toEqual([false, expect.stringContaining("begin the name with the organisation")]);
  });
});
