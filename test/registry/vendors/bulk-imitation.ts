import type { ServerResponse } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { answersOf, contentOf, type Answer, type ApiImitation, type Content } from "../../imitations/imitation.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { BROKEN_ANSWERS } from "./broken-answers.ts";
import { startCloud } from "./start-cloud.ts";

/** Opens the imitation, with so many images. `first` may answer a list of the API otherwise. */
export async function openImitation(
  imitation: ApiImitation,
  images = 250,
  first: (url: URL, response: ServerResponse) => boolean = () => false,
) {
  const { api } = imitation;
  const answer = (content: Content): Answer => {
    const answerApi = api.answer(content);
    return (url, request, response) => {
      if (!api.isList(url, request.host) || !first(url, response)) answerApi(url, request, response);
    };
  };
  const answers = answersOf({ ...imitation, api: { ...api, answer } }, contentOf(images), (_, response) =>
    sendJson(response, 200, { tags: ["from-the-list"] }),
  );
  const cloud = await startCloud(answers);
  const { clients } = openClients([], { ...cloud.options, credential: imitation.credential });
  onTestFinished(() => clients.close());
  const list = (path = imitation.path) => clients.of(newRepository(imitation.registry, path)).listTags();
  const lists = () => cloud.seen.filter(({ url, host }) => api.isList(new URL(url, `https://${host}`), host));
  return { cloud, clients, list, lists };
}

/** What every profile with a bulk list must do, whatever its API is like. */
export function itFallsBackToTheTagList(imitation: ApiImitation): void {
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
