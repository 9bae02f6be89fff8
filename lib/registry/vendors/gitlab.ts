import type { RegistryProfile } from "./registry-profile.ts";

/**
 * gitlab.com gives the tokens of its registry.
 * https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/
 */
export const GITLAB: RegistryProfile = {
  isFor: (registry) => /^registry\.gitlab\.com(?::\d+)?$/.test(registry),
  tokenHost: /^gitlab\.com$/,
};
