import { failedReply, type Reply } from "./reply.ts";
import type { CountingPlace, PlaceQuestion } from "./place.ts";
import type { SearchedRepository } from "./searched-repository.ts";

/**
 * GPG simple signatures behind the API of a registry that announces `X-Registry-Supports-Signatures` (OpenShift, Pulp). This version can
 * show that none is there; what is there it cannot verify, so the release is unknown. It is asked before `unsigned` is said, and only then.
 * https://github.com/containers/image/blob/main/docs/signature-protocols.md#openshift-docker-registry-api-extension
 */
export const SIGNATURE_EXTENSION = {
  kind: "counting",
  name: "signature-extension",
  location: "here",
  settings: [],
  open: (_watched, { main }) => ({
    ask: (question) => (question.circle === "direct" && main.client.announcesSignatures() ? search(main, question) : null),
    // Nothing that it holds was ever verified.
    isStillThere: () => Promise.resolve(false),
    isServed: (_target, artifact) => main.client.hasManifest(artifact),
  }),
  endsRest: () => false,
} as const satisfies CountingPlace;

async function search({ client }: SearchedRepository, { target }: PlaceQuestion): Promise<Reply> {
  const answer = await client.listSignatures(target);
  switch (answer.kind) {
    case "failed":
      return failedReply(answer.failure);
    case "absent":
      return { kind: "nothing", detail: `signature extension: ${answer.detail}` };
    case "unsupported":
      return { kind: "notApplicable", detail: `no signature extension (${answer.detail}), although it is announced` };
    case "listed":
      if (answer.count === 0) return { kind: "nothing", detail: "signature extension: 200, empty list" };
      return failedReply({
        code: "unsupported-place",
        detail: `the signature extension of the registry holds ${answer.count} GPG signatures, which this version does not verify`,
        status: 200,
        attempts: 1,
      });
  }
}
