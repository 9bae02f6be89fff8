import type { RegistryProfile } from "./registry-profile.ts";

/** DigitalOcean issues the tokens of its registry at its API. https://docs.digitalocean.com/products/container-registry/ */
export const DIGITALOCEAN: RegistryProfile = {
  ownsTokenHost: (registry, tokenHost) => registry === "registry.digitalocean.com" && tokenHost === "api.digitalocean.com",
};
