import type { Session } from "./session.ts";

/**
 * Reports whether the repository is a cache of another registry whose upstream nobody saw answering in this run. Then what it does not have
 * may be upstream: a cache says the same, word for word, of what is not there and of what it could not ask for, and its list is short, not
 * failed. A new tag proves nothing either, because a node may have pulled it. The watch list says which registries are caches.
 */
export function isPullThrough({ registry }: Session): Promise<boolean> {
  return Promise.resolve(registry.isDeclaredCache);
}
