import { describe, expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { OCI_INDEX } from "../../../lib/oci/media-types.ts";
import type { AwsPort, EcrImage, EcrPage } from "../../../lib/registry/credentials/aws-port.ts";
import type { Credential } from "../../../lib/registry/credentials/credential.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { startCloud } from "./start-cloud.ts";

const HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
const ROLE = "arn:aws:iam::444455556666:role/reader";
const SESSION = { accessKeyId: "ASIAROLE", secretAccessKey: "x", sessionToken: "y" };
const LOGIN: Credential = { kind: "basic", username: "AWS", password: "token", aws: { role: null } };
const IMAGE = digestOf("image");
const BUNDLE = digestOf("bundle");

function newImage(digest: string, image: Partial<EcrImage> = {}): EcrImage {
  const times = { pushedAt: undefined, pulledAt: undefined, activatedAt: undefined };
  return { digest, tags: [], subject: undefined, status: "ACTIVE", mediaType: undefined, ...times, ...image };
}

function refuse(name: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error("s3cret"), { name }));
}

/** Answers pages in turn; the token of a page is the number of the next. */
function paged<T>(pages: readonly (readonly T[])[]): (after: string | null) => Promise<EcrPage<T>> {
  return (after) => {
    const at = Number(after ?? 0);
    return Promise.resolve({ entries: pages[at]!, nextToken: at + 1 < pages.length ? String(at + 1) : undefined });
  };
}

/** Opens ECR with what AWS answers; the registry itself lists one tag. */
async function open(answers: Partial<AwsPort>, credential: Credential = LOGIN) {
  const cloud = await startCloud({
    [HOST]: ({ url }, response) => {
      if (url.includes("/referrers/")) sendJson(response, 200, { schemaVersion: 2, manifests: [] }, { "content-type": OCI_INDEX });
      else if (url.includes("/manifests/")) sendJson(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN", message: "not found" }] });
      else sendJson(response, 200, { tags: ["from-the-list"] });
    },
  });
  const asked: string[] = [];
  const aws = new Proxy({} as AwsPort, {
    get: (_, operation: keyof AwsPort) => {
      return (...input: unknown[]) => {
        asked.push(operation);
        const answer = answers[operation] as ((...given: unknown[]) => unknown) | undefined;
        return answer === undefined ? refuse("AccessDeniedException")() : answer(...input);
      };
    },
  });
  const { clients } = openClients([], { ...cloud.options, aws, credential });
  onTestFinished(() => clients.close());
  const list = (path = "prod/app") => clients.of(newRepository(HOST, path)).listTags();
  return { clients, cloud, asked, list };
}

describe("a repository of ECR", () => {
  it("is listed by DescribeImages, with what each tag names and what refers to it", async () => {
    const images = paged([
      [newImage(IMAGE, { tags: ["v1", "latest"] }), newImage(digestOf("sig"), { tags: [`${IMAGE.replace(":", "-")}.sig`] })],
      [newImage(BUNDLE, { subject: IMAGE }), newImage(digestOf("old"), { tags: ["v0"], status: "ARCHIVED" })],
    ]);
    const { list, asked, cloud } = await open({ describeImages: (_, { nextToken }) => images(nextToken) });
    const { tags, complete, pages, bulk } = await list();
    expect([[...tags], complete, pages]).toEqual([["v1", "latest", `${IMAGE.replace(":", "-")}.sig`, "v0"], true, 2]);
    expect([bulk?.digests.get("latest"), bulk?.digests.get("v0")]).toEqual([IMAGE, digestOf("old")]);
    expect(bulk?.referrers).toEqual(new Map([[IMAGE, new Set([BUNDLE])]]));
    expect(bulk?.archived).toEqual(new Set([digestOf("old")]));
    expect([asked, cloud.seen.length]).toEqual([["describeImages", "describeImages"], 0]);
  });

  it("is asked for in the account and region of its name, by the role that logs in, which is taken once", async () => {
    const questions: unknown[] = [];
    const images = paged([[newImage(IMAGE, { tags: ["v1"] })], []]);
    const { list, asked } = await open(
      {
        assumeRole: () => Promise.resolve(SESSION),
        describeImages: (repository, question) => {
          questions.push([repository, question]);
          return images(question.nextToken);
        },
      },
      { ...LOGIN, aws: { role: ROLE } },
    );
    await list("prod/app");
    await list("prod/other");
    expect(asked.filter((operation) => operation === "assumeRole")).toHaveLength(1);
    expect(questions[0]).toEqual(["prod/app", { region: "eu-central-1", registryId: "111122223333", session: SESSION, nextToken: null }]);
    expect(questions[3]).toEqual(["prod/other", expect.objectContaining({ nextToken: "1" })]);
  });

  it.each([
    ["may not be described", { describeImages: refuse("AccessDeniedException") }],
    ["is not known there", { describeImages: refuse("RepositoryNotFoundException") }],
    ["has images without a digest", { describeImages: () => Promise.resolve({ entries: [newImage("")], nextToken: undefined }) }],
    [
      "has tags that are none",
      { describeImages: () => Promise.resolve({ entries: [newImage(IMAGE, { tags: ["ü"] })], nextToken: undefined }) },
    ],
    ["repeats its pages", { describeImages: () => Promise.resolve({ entries: [newImage(IMAGE, { tags: ["v1"] })], nextToken: "again" }) }],
    [
      "breaks in the middle",
      {
        describeImages: (_: string, { nextToken }: { nextToken: string | null }) =>
          nextToken === null ? Promise.resolve({ entries: [newImage(IMAGE, { tags: ["v1"] })], nextToken: "1" }) : refuse("Timeout")(),
      },
    ],
  ])("that %s is listed by its tag list", async (_, answers) => {
    const { tags, complete, bulk } = await (await open(answers)).list();
    expect([[...tags], complete, bulk]).toEqual([["from-the-list"], true, null]);
  });

  it("is listed by its tag list where AWS did not give the login", async () => {
    const { list, asked } = await open({}, { kind: "basic", username: "AWS", password: "from Docker" });
    expect([[...(await list()).tags], asked]).toEqual([["from-the-list"], []]);
  });

  it("is not described again where three others in a row were refused", async () => {
    const { list, asked } = await open({});
    for (const path of ["a", "b", "c", "d", "e"]) await list(path);
    expect(asked).toHaveLength(3);
  });

  it("is not described where the credentials of AWS do not serve for another", async () => {
    const { list, asked } = await open({ describeImages: refuse("ExpiredTokenException") });
    for (const path of ["a", "b", "c"]) await list(path);
    expect(asked).toHaveLength(1);
  });
});

describe("an archived image of ECR", () => {
  const images = [
    newImage(IMAGE, { tags: ["v1"] }),
    newImage(BUNDLE, { subject: IMAGE, status: "ARCHIVED" }),
    newImage(digestOf("old"), { tags: ["v0"], status: "ARCHIVED" }),
    newImage(digestOf("waking"), { tags: ["v2"], status: "ACTIVATING" }),
  ];
  const words = "its registry keeps it archived, and serves it only after it is restored";
  const failure = { kind: "failed", failure: { code: "listed-but-missing", detail: expect.stringContaining(words) } };

  it("is never taken for absent, by its tag or by its digest", async () => {
    const { clients } = await open({ describeImages: () => Promise.resolve({ entries: images, nextToken: undefined }) });
    const client = clients.of(newRepository(HOST));
    await client.listTags();
    expect(await client.resolveTag("v0", { listed: true })).toMatchObject(failure);
    expect(await client.resolveTag("v2", { listed: false })).toMatchObject(failure);
    expect(await client.hasManifest(BUNDLE)).toMatchObject(failure);
    expect(await client.fetchManifest(BUNDLE, { listed: false })).toMatchObject(failure);
    expect((await client.hasManifest(digestOf("other"))).kind).toBe("absent");
  });

  it("is listed among the referrers of its subject, though the registry leaves it out", async () => {
    const { clients } = await open({ describeImages: () => Promise.resolve({ entries: images, nextToken: undefined }) });
    const client = clients.of(newRepository(HOST));
    await client.listTags();
    expect(await client.listReferrers(IMAGE)).toMatchObject({ kind: "listed", descriptors: [{ digest: BUNDLE }] });
    expect(await client.listReferrers(digestOf("old"))).toEqual({ kind: "listed", descriptors: [] });
  });
});

describe("the repositories of ECR", () => {
  it("are those that DescribeRepositories names, below the prefix", async () => {
    const pages = paged<string | undefined>([["prod/api", "test/api"], ["prod/web"]]);
    const { clients } = await open({ describeRepositories: ({ nextToken }) => pages(nextToken) });
    expect(await clients.listRepositories(HOST, "prod/")).toEqual({ paths: ["prod/api", "prod/web"], complete: true, failure: null });
    expect((await clients.listRepositories(HOST, "")).paths).toHaveLength(3);
  });

  it("are not complete where AWS refuses, and it is said what would mend that", async () => {
    const { clients } = await open({});
    const { complete, failure } = await clients.listRepositories(HOST, "prod/");
    expect([complete, failure?.code]).toEqual([false, "forbidden"]);
    expect(failure?.detail).toContain("allow these credentials ecr:DescribeRepositories");
    expect(failure?.detail).not.toContain("s3cret");
  });

  it("are not complete where a page is missing", async () => {
    const { clients } = await open({
      describeRepositories: ({ nextToken }) =>
        nextToken === null ? Promise.resolve({ entries: ["prod/api"], nextToken: "1" }) : refuse("ThrottlingException")(),
    });
    expect(await clients.listRepositories(HOST, "")).toMatchObject({
      paths: ["prod/api"],
      complete: false,
      failure: { code: "page-missing" },
    });
  });
});

describe("a pull-through cache of ECR", () => {
  it("is known by the rules, which are asked for once", async () => {
    const { clients, asked } = await open({
      describePullThroughCacheRules: () => Promise.resolve({ entries: ["docker-hub", "quay"], nextToken: undefined }),
    });
    const isCache = (path: string) => clients.of(newRepository(HOST, path)).isPullThrough();
    expect([await isCache("quay/acme/app"), await isCache("quays/app"), await isCache("docker-hub")]).toEqual([true, false, false]);
    expect(asked).toHaveLength(1);
  });

  it("is every repository by a rule for the root", async () => {
    const { clients } = await open({ describePullThroughCacheRules: () => Promise.resolve({ entries: ["ROOT"], nextToken: undefined }) });
    expect(await clients.of(newRepository(HOST, "prod/app")).isPullThrough()).toBe(true);
  });

  it("is not known where the rules cannot be read", async () => {
    const { clients } = await open({});
    expect(await clients.of(newRepository(HOST, "prod/app")).isPullThrough()).not.toBe(true);
  });
});

describe("the managed signing of ECR", () => {
  const digest = digestOf("an image");

  it("is told with each profile, its status and why it failed, and decides nothing", async () => {
    const { clients } = await open({
      describeImageSigningStatus: () =>
        Promise.resolve([
          { profile: "arn:aws:signer:eu-central-1:111122223333:/signing-profiles/release", status: "COMPLETE", failure: undefined },
          { profile: "arn:aws:signer:eu-central-1:111122223333:/signing-profiles/qa", status: "FAILED", failure: "profile revoked" },
          { profile: undefined, status: "COMPLETE", failure: undefined },
        ]),
    });
    expect(await clients.of(newRepository(HOST, "prod/app")).managedSignings(digest)).toEqual([
      { profile: "arn:aws:signer:eu-central-1:111122223333:/signing-profiles/release", status: "COMPLETE", failure: null },
      { profile: "arn:aws:signer:eu-central-1:111122223333:/signing-profiles/qa", status: "FAILED", failure: "profile revoked" },
    ]);
  });

  it("is not shown where it may not be read", async () => {
    const { clients } = await open({});
    expect(await clients.of(newRepository(HOST, "prod/app")).managedSignings(digest)).toEqual([]);
  });
});

describe("the lifecycle policy of ECR", () => {
  const now = Date.parse("2026-11-20T02:00:00Z");
  const [until, week] = [now + 7 * 86_400_000, (days: number) => new Date(now - days * 86_400_000)];
  const text = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: "expire untagged",
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
        action: { type: "expire" },
      },
    ],
  });
  const images = [
    newImage(IMAGE, { tags: ["v1"], pushedAt: week(12), mediaType: OCI_INDEX }),
    newImage(BUNDLE, { subject: IMAGE, pushedAt: week(11) }),
    newImage(digestOf("restored"), { subject: IMAGE, pushedAt: week(90), activatedAt: week(2) }),
    newImage(digestOf("archived"), { subject: IMAGE, pushedAt: week(90), status: "ARCHIVED" }),
  ];
  const describeImages = () => Promise.resolve({ entries: images, nextToken: undefined });
  const forecast = async (answers: Partial<AwsPort>, path?: string) => {
    const { clients, asked } = await open({ describeImages, ...answers });
    const client = clients.of(newRepository(HOST, path));
    const { manifests } = (await client.listTags()).bulk!;
    const rules = await client.readRetention();
    await client.readRetention();
    return { removed: rules && manifests && [...rules.forecast(manifests, now, until)], asked, manifests };
  };

  it("says when signatures go, for one request more", async () => {
    const questions: unknown[] = [];
    const { removed, asked } = await forecast({
      getLifecyclePolicy: (repository, question) => {
        questions.push([repository, question]);
        return Promise.resolve({ text, evaluatedAt: undefined });
      },
    });
    expect(removed).toEqual([[BUNDLE, { at: week(-3).getTime(), rule: "expire untagged", how: "deletes" }]]);
    expect(asked).toEqual(["describeImages", "getLifecyclePolicy"]);
    expect(questions).toEqual([["acme/app", { region: "eu-central-1", registryId: "111122223333", session: null }]]);
  });

  it("removes nothing where there is none", async () => {
    expect((await forecast({ getLifecyclePolicy: refuse("LifecyclePolicyNotFoundException") })).removed).toEqual([]);
  });

  it.each<[string, Partial<AwsPort>]>([
    ["may not be read", {}],
    ["cannot be reached", { getLifecyclePolicy: refuse("TimeoutError") }],
    ["has no text", { getLifecyclePolicy: () => Promise.resolve({ text: undefined, evaluatedAt: undefined }) }],
    ["is no policy", { getLifecyclePolicy: () => Promise.resolve({ text: "<html>", evaluatedAt: undefined }) }],
  ])("that %s is not known", async (_, answers) => {
    expect((await forecast(answers)).removed).toBeNull();
  });

  it("cannot be applied to images of which the time is not told, whose list counts all the same", async () => {
    const undated = [...images, newImage(digestOf("undated"), { tags: ["v2"] })];
    const { clients } = await open({ describeImages: () => Promise.resolve({ entries: undated, nextToken: undefined }) });
    const { bulk } = await clients.of(newRepository(HOST)).listTags();
    expect([bulk?.digests.size, bulk?.manifests]).toEqual([2, undefined]);
  });
});
