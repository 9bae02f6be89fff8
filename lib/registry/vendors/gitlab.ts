import type { RegistryProfile } from "./registry-profile.ts";

/**
 * GitLab gives the tokens of its registry. The two hosts have the names of its documentation; a stranger has them only in a shared domain
 * where the registry itself got the name `registry`. https://docs.gitlab.com/administration/packages/container_registry/
 */
export const GITLAB: RegistryProfile = {
  ownsTokenHost: (registry, tokenHost) =>
    /^registry(?:\.[a-z0-9-]+){2,}$/.test(registry) && tokenHost === registry.replace("registry", "gitlab"),
};
