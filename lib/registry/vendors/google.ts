import type { RegistryProfile } from "./registry-profile.ts";

/** Artifact Registry and gcr.io answer all tags at once, with a map of all manifests. */
export const GOOGLE: RegistryProfile = {
  isFor: (registry) => /(?:^|[.-])(?:gcr\.io|pkg\.dev)(?::\d+)?$/.test(registry),
  tagsPageLimitBytes: 32 * 1024 * 1024,
};
