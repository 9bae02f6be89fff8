import type { Imitation } from "./imitation.ts";

const HOST = "europe-docker.pkg.dev";

/** Artifact Registry has no other list than its tag list, which a control registry answers with `manifestMap`. */
export const GOOGLE: Imitation = {
  registry: HOST,
  path: "acme/images/app",
  credential: { kind: "anonymous" },
};
