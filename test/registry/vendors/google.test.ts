import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { ANONYMOUS, type Credential } from "../../../lib/registry/credentials/credential.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { BROKEN_ANSWERS } from "./broken-answers.ts";
import type { Cloud } from "../../imitations/open-cloud.ts";
import { startCloud } from "./start-cloud.ts";

const HOST = "europe-docker.pkg.dev";
const DIGEST = digestOf("a");
const SIGNATURE = digestOf("b");
const SIG = `${DIGEST.replace(":", "-")}.sig`;

/** What Artifact Registry answers: no pages, and every manifest of the repository. */
const LIST = {
  name: "acme/images/app",
  child: [],
  tags: ["v1", "latest", SIG],
  manifest: {
    [DIGEST]: {
      imageSizeBytes: "42",
      layerId: "",
      mediaType: "x",
      tag: ["v1", "latest"],
      timeCreatedMs: "0",
      timeUploadedMs: "1790000000000",
    },
    [SIGNATURE]: { imageSizeBytes: "7", layerId: "", mediaType: "x", tag: [SIG], timeCreatedMs: "0", timeUploadedMs: "1790000000000" },
    [digestOf("c")]: { imageSizeBytes: "7", layerId: "", mediaType: "x", tag: [], timeCreatedMs: "0", timeUploadedMs: "1790000000000" },
  },
};

async function list(document: object) {
  const cloud = await startCloud({ [HOST]: (_, response) => sendJson(response, 200, document) });
  return { ...(await open(cloud).of(newRepository(HOST, "acme/images/app")).listTags()), asked: cloud.asked() };
}

function open(cloud: Cloud, credential: Credential = ANONYMOUS) {
  const { clients } = openClients([], { ...cloud.options, credential });
  onTestFinished(() => clients.close());
  return clients;
}

describe("the tag list of Artifact Registry", () => {
  it("tells what each tag names, and nothing else is asked", async () => {
    const { tags, complete, bulk, asked } = await list(LIST);
    expect([[...tags], complete]).toEqual([["v1", "latest", SIG], true]);
    expect(new Set(asked)).toEqual(new Set([`GET ${HOST}/v2/acme/images/app/tags/list`]));
    expect(Object.fromEntries(bulk!.digests)).toEqual({ v1: DIGEST, latest: DIGEST, [SIG]: SIGNATURE });
    expect([...bulk!.stored!]).toEqual([DIGEST, SIGNATURE, digestOf("c")]);
    expect(bulk!.referrers.size).toBe(0);
  });

  it("leaves open what a tag names that two manifests claim", async () => {
    const manifest = { [DIGEST]: { tag: ["v1", "latest"] }, [SIGNATURE]: { tag: ["v1", SIG] } };
    const { bulk } = await list({ ...LIST, manifest });
    expect([...bulk!.digests.keys()]).toEqual(["latest", SIG]);
  });

  it.each([
    ["no map", undefined],
    ["a list", []],
    ["an entry under no digest", { sha256: { tag: ["v1"] } }],
    ["an entry that is none", { [DIGEST]: "v1" }],
    ["a tag that is none", { [DIGEST]: { tag: ["v1", "not a tag"] } }],
    ["a number for the tags", { [DIGEST]: { tag: 1 } }],
  ])("is an ordinary one with %s", async (_, manifest) => {
    const { tags, complete, bulk } = await list({ ...LIST, manifest });
    expect([tags.size, complete, bulk]).toEqual([3, true, null]);
  });
});

describe("the repositories of a project", () => {
  it("are those of the catalog", async () => {
    const cloud = await startCloud({ [HOST]: (_, response) => sendJson(response, 200, { repositories: ["acme/images/app", "other/x"] }) });
    expect(await open(cloud).listRepositories(HOST, "acme/")).toEqual({ paths: ["acme/images/app"], complete: true, failure: null });
  });

  const API = "artifactregistry.googleapis.com";
  const TOKEN: Credential = { kind: "basic", username: "oauth2accesstoken", password: "ya29.s3cret" };
  const PARENT = "projects/acme/locations/europe/repositories/images/packages";

  /** Answers as the REST API does: two pages, whose lists are left out where they are empty. */
  async function startApi(answer: (url: URL, response: ServerResponse) => void) {
    return startCloud({
      [HOST]: (_, response) => sendJson(response, 404, {}),
      [API]: ({ url, headers }, response) => {
        if (headers.authorization !== "Bearer ya29.s3cret") return sendJson(response, 401, {});
        answer(new URL(url, `https://${API}`), response);
      },
    });
  }

  it("are the packages of a repository, to an access token", async () => {
    const cloud = await startApi((url, response) =>
      url.searchParams.get("pageToken") === "next page"
        ? sendJson(response, 200, { packages: [{ name: `${PARENT}/web` }] })
        : sendJson(response, 200, { packages: [{ name: `${PARENT}/team%2Fapp` }], nextPageToken: "next page" }),
    );
    const paths = ["acme/images/team/app", "acme/images/web"];
    expect(await open(cloud, TOKEN).listRepositories(HOST, "acme/images/")).toEqual({ paths, complete: true, failure: null });
    expect(cloud.asked()).toEqual([`GET ${API}/v1/${PARENT}`, `GET ${API}/v1/${PARENT}`]);
    expect(cloud.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer ya29.s3cret", "Bearer ya29.s3cret"]);
  });

  it("may be none", async () => {
    const cloud = await startApi((_, response) => sendJson(response, 200, {}));
    expect(await open(cloud, TOKEN).listRepositories(HOST, "acme/images/")).toEqual({ paths: [], complete: true, failure: null });
  });

  it.each(BROKEN_ANSWERS)("are not complete where the API answers %s", async (_, answer) => {
    const cloud = await startApi((_url, response) => answer(response));
    expect(await open(cloud, TOKEN).listRepositories(HOST, "acme/images/")).toMatchObject({ complete: false });
  });

  it("are those of the catalog to a login that is no token of the API", async () => {
    const cloud = await startCloud({ [HOST]: (_, response) => sendJson(response, 200, { repositories: ["acme/images/app"] }) });
    const clients = open(cloud, { kind: "basic", username: "_json_key", password: "{}" });
    expect((await clients.listRepositories(HOST, "acme/images/")).paths).toEqual(["acme/images/app"]);
  });
});
