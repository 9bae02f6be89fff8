import { failedReply } from "./reply.ts";
import type { UnbuiltPlace } from "./place.ts";

/**
 * A web folder of GPG simple signatures. https://github.com/containers/image/blob/main/docs/containers-registries.d.5.md
 * The watch list may name one; this version does not read it.
 */
export const LOOKASIDE = {
  kind: "unbuilt",
  name: "lookaside",
  settings: ["lookaside"],
  configuredAs: ({ lookaside }) => (lookaside === null ? null : `lookaside ${lookaside}`),
  reply: failedReply({
    code: "unsupported-place",
    detail: "this version does not read lookaside servers",
    status: null,
    attempts: 0,
  }),
} as const satisfies UnbuiltPlace;
