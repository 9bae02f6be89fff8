import { describe, expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { startCloud, type Cloud } from "./start-cloud.ts";

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

function open(cloud: Cloud) {
  const { clients } = openClients([], cloud.options);
  onTestFinished(() => clients.close());
  return clients;
}

describe("the tag list of Artifact Registry", () => {
  it("tells what each tag names, in one request", async () => {
    const { tags, complete, bulk, asked } = await list(LIST);
    expect([[...tags], complete, asked]).toEqual([["v1", "latest", SIG], true, [`GET ${HOST}/v2/acme/images/app/tags/list`]]);
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
});
