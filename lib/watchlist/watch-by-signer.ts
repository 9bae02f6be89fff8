import type { Repository } from "../oci/reference.ts";
import type { Signer, WatchedRepository } from "./watch-list.ts";

/** An entry for a repository that no file describes: one signer must have signed, everything else is the default. */
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
    owner: null,
    tags: { include: null, exclude: [], semver: null, newest: null, moving: null },
    target: "index",
    signedSince: null,
    signatureRepository: null,
    tagPrefix: "",
    lookaside: null,
    graceSeconds: 0,
    recheck: { kind: "nightly" },
    unknownForSeconds: 48 * 3600,
  };
}
