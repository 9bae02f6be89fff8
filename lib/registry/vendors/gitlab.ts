import type { RegistryProfile } from "./registry-profile.ts";

/**
 * GitLab issues the tokens of its registry. The two hosts have the names of its documentation. A stranger can have the second name only in
 * a shared domain in which the registry is called `registry`. https://docs.gitlab.com/administration/packages/container_registry/
 */
export const GITLAB: RegistryProfile = {
  ownsTokenHost: (registry, tokenHost) =>
    /^registry(?:\.[a-z0-9-]+){2,}$/.test(registry) && tokenHost === registry.replace("registry", "gitlab"),
};
