import type { RegistryProfile } from "./registry-profile.ts";

/** Docker Hub is served, and issues tokens, under names other than its own. https://docs.docker.com/docker-hub/ */
export const DOCKER_HUB: RegistryProfile = {
  isFor: (registry) => /^(?:docker\.io|registry-1\.docker\.io(?::\d+)?)$/.test(registry),
  servedBy: { registry: "docker.io", host: "registry-1.docker.io" },
  ownsTokenHost: (registry, tokenHost) => registry === "registry-1.docker.io" && tokenHost === "auth.docker.io",
  dockerLogin: {
    registry: "docker.io",
    names: ["docker.io", "index.docker.io", "registry-1.docker.io"],
    server: "https://index.docker.io/v1/",
  },
};
