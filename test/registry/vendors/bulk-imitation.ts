import type { ServerResponse } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import type { Credential } from "../../../lib/registry/credentials/credential.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { BROKEN_ANSWERS } from "./broken-answers.ts";
import { startCloud, type CloudRequest } from "./start-cloud.ts";

/** Answers a request for this address. */
export type Answer = (url: URL, request: CloudRequest, response: ServerResponse) => void;

/** How a registry with an API of its own is imitated. */
export interface BulkImitation {
  readonly registry: string;
  readonly path: string;
  readonly credential: Credential;
  /** The host of the API. */
  readonly api: string;
  /** Reports whether a request is one for the list of an API. */
  readonly isList: (url: URL, host: string) => boolean;
  /** Answers requests to the API, logins there included, about `tags` tags. */
  readonly answerApi: (tags: number) => Answer;
  /** Answers the registry before its tag list is given; true if it answered. */
  readonly answerRegistry?: (request: CloudRequest, response: ServerResponse) => boolean;
  /** Other hosts: of tokens. */
  readonly others?: Readonly<Record<string, Answer>>;
  /** Headers that the registry sends with its tag list. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The n-th image and signature of every imitation. */
export const imageOf = (at: number) => digestOf(`image ${at}`);
export const signatureOf = (at: number) => digestOf(`signature ${at}`);

/** Opens the imitation. `first` may answer a list of the API otherwise. */
export async function openImitation(
  imitation: BulkImitation,
  tags = 250,
  first: (url: URL, response: ServerResponse) => boolean = () => false,
) {
  const answerApi = imitation.answerApi(tags);
  const answer = (request: CloudRequest, response: ServerResponse): void => {
    const url = new URL(request.url, `https://${request.host}`);
    if (imitation.isList(url, request.host) && first(url, response)) return;
    if (request.host === imitation.api && (request.host !== imitation.registry || imitation.isList(url, request.host)))
      return answerApi(url, request, response);
    const other = imitation.others?.[request.host];
    if (other) return other(url, request, response);
    if (imitation.answerRegistry?.(request, response)) return;
    sendJson(response, 200, { tags: ["from-the-list"] }, imitation.headers);
  };
  const hosts = [imitation.registry, imitation.api, ...Object.keys(imitation.others ?? {})];
  const cloud = await startCloud(Object.fromEntries(hosts.map((host) => [host, answer])));
  const { clients } = openClients([], { ...cloud.options, credential: imitation.credential });
  onTestFinished(() => clients.close());
  const list = (path = imitation.path) => clients.of(newRepository(imitation.registry, path)).listTags();
  const lists = () => cloud.seen.filter(({ url, host }) => imitation.isList(new URL(url, `https://${host}`), host));
  return { cloud, clients, list, lists };
}

/** What every profile with a bulk list must do, whatever its API is like. */
export function itFallsBackToTheTagList(imitation: BulkImitation): void {
  it.each(BROKEN_ANSWERS)("is listed by its tag list where the API answers %s", async (_, answer) => {
    const { list } = await openImitation(imitation, 250, (_url, response) => (answer(response), true));
    const { tags, complete, bulk } = await list();
    expect([[...tags], complete, bulk]).toEqual([["from-the-list"], true, null]);
  });

  it("is listed by its tag list where the API breaks in the middle", async () => {
    let asked = 0;
    const { list } = await openImitation(imitation, 3_000, (_, response) => ++asked > 1 && (sendJson(response, 500, {}), true));
    const { tags, complete, bulk } = await list();
    expect([[...tags], complete, bulk]).toEqual([["from-the-list"], true, null]);
  });

  it("is not asked for by the API again where three others in a row were refused", async () => {
    const { list, lists } = await openImitation(imitation, 1, (_, response) => (sendJson(response, 403, {}), true));
    for (const name of ["a", "b", "c", "d", "e"]) await list(`${imitation.path}-${name}`);
    expect(lists()).toHaveLength(3);
  });
}
