import { describe, expect, it } from "vitest";
import { newGitLab } from "../../imitations/gitlab.ts";
import { imageOf, signatureOf } from "../../imitations/imitation.ts";
import { itFallsBackToTheTagList, openImitation } from "./bulk-imitation.ts";

const SAAS = newGitLab("registry.gitlab.com", "gitlab.com");
const OWN = newGitLab("registry.acme.example", "gitlab.acme.example");

describe("a repository of GitLab", () => {
  it.each([
    ["gitlab.com", SAAS, { tags: 2_500, requests: 3 }],
    ["a GitLab of one's own, after its first tag list", OWN, { tags: 2_500, requests: 3 }],
  ])("at %s is listed with what each tag names and what refers to it", async (_, imitation, expected) => {
    const { list, lists } = await openImitation(imitation, expected.tags);
    const first = await list();
    expect([first.bulk?.digests.size, first.bulk?.digests.get("v7")]).toEqual([expected.tags, imageOf(7)]);
    expect([first.bulk?.referrers.get(imageOf(7)), first.bulk?.referrers.size]).toEqual([new Set([signatureOf(7)]), expected.tags]);
    const before = lists().length;
    expect((await list("acme/web")).tags.size).toBe(expected.tags);
    expect(lists().length - before).toBe(expected.requests);
  });

  it("is asked for with one token for all its lists, and its password goes to the token service only", async () => {
    const { list, cloud } = await openImitation(SAAS);
    await list();
    expect(cloud.asked().filter((asked) => asked.includes("/jwt/auth"))).toHaveLength(1);
    for (const { host, headers } of cloud.seen) expect(headers.authorization?.startsWith("Basic") === true).toBe(host === "gitlab.com");
  });

  itFallsBackToTheTagList(SAAS);
});

describe("the repositories of GitLab", () => {
  it.each([
    ["acme/", ["acme/team/app", "acme/web"]],
    ["acme/t", ["acme/team/app"]],
    ["ann/app/", []],
    ["ann/app", []],
  ])("below %s are those of the group or the project", async (prefix, paths) => {
    const { clients } = await openImitation(SAAS);
    const list = await clients.listRepositories("registry.gitlab.com", prefix);
    expect([list.paths, list.complete]).toEqual([paths, prefix !== "ann/app"]);
  });

  it("are asked for where the challenge of a registry leads to, with the token in GitLab's own header", async () => {
    const { clients, cloud } = await openImitation(OWN);
    const { paths, complete } = await clients.listRepositories("registry.acme.example", "acme/");
    expect([paths, complete]).toEqual([["acme/team/app", "acme/web"], true]);
    const sent = cloud.seen.filter(({ headers }) => headers["private-token"] !== undefined);
    expect(new Set(sent.map(({ host }) => host))).toEqual(new Set(["gitlab.acme.example"]));
  });

  it("are never asked for at a host that the challenge names and that is not the registry's", async () => {
    const evil = newGitLab("registry.acme.example", "gitlab.evil.example");
    const { clients, cloud } = await openImitation(evil);
    expect((await clients.listRepositories("registry.acme.example", "acme/")).complete).toBe(false);
    expect(cloud.seen.filter(({ headers }) => headers["private-token"] ?? headers.authorization?.startsWith("Basic"))).toEqual([]);
  });

  it("cannot be listed without a group, and it is said so", async () => {
    const { clients } = await openImitation(SAAS);
    expect((await clients.listRepositories("registry.gitlab.com", "")).failure?.detail).toContain("begin the name with the group");
  });
});
