import type { Session } from "./session.ts";
import type { VendorApi } from "./vendors/vendor-api.ts";

/**
 * Reports whether the repository is a cache of another registry whose upstream nobody saw answering in this run. Then what it does not have
 * may be upstream: a cache says the same, word for word, of what is not there and of what it could not ask for, and its list is short, not
 * failed. A new tag proves nothing either, because a node may have pulled it. The watch list says which registries are caches; of some, the
 * registry's own API does.
 */
export async function isPullThrough({ registry, repository }: Session, api: VendorApi): Promise<boolean> {
  return registry.isDeclaredCache ?? (await registry.profile.isPullThrough?.(api, repository.path)) === true;
}
