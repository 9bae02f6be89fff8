import type { RepositoryClient, TagList } from "../registry/repository-client.ts";
import type { ReferrersCapability } from "./referrers-capability.ts";

/** One repository in which signatures are looked for: its tags are listed once a run, and what its referrers API showed is shared. */
export interface SearchedRepository {
  readonly client: RepositoryClient;
  readonly list: TagList;
  readonly referrersApi: ReferrersCapability;
}
