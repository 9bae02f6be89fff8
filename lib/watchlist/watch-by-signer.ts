import type { Repository } from "../oci/reference.ts";
import { BUILT_IN_SETTINGS } from "./read/read-repository-settings.ts";
import type { Signer, WatchedRepository } from "./watch-list.ts";

/** Returns an entry for a repository that is on no watch list: one signer must have signed, and everything else is the default. */
export function watchBySigner(repository: Repository, signer: Signer): WatchedRepository {
  return {
    repository,
    policy: {
      name: signer.name,
      threshold: 1,
      signers: [signer],
      transparencyLog: "none",
      annotations: {},
      accept: ["signature"],
      require: [],
    },
    ...BUILT_IN_SETTINGS,
  };
}
