import { ALIBABA } from "./alibaba.ts";
import { DIGITALOCEAN } from "./digitalocean.ts";
import { DOCKER_HUB } from "./docker-hub.ts";
import { ECR } from "./ecr.ts";
import { GITLAB } from "./gitlab.ts";
import { GOOGLE } from "./google.ts";
import { HARBOR } from "./harbor.ts";
import { KUBERNETES } from "./kubernetes.ts";
import { RED_HAT } from "./red-hat.ts";
import type { RegistryProfile } from "./registry-profile.ts";

/** The registries that differ from the specification. Their names do not overlap. */
export const PROFILES: readonly RegistryProfile[] = [DOCKER_HUB, ECR, GOOGLE, HARBOR, KUBERNETES, RED_HAT, GITLAB, ALIBABA, DIGITALOCEAN];

const PLAIN: RegistryProfile = {};

/** Returns the profile of the registry of this name, or an empty one. */
export function profileOf(registry: string): RegistryProfile {
  return PROFILES.find(({ isFor }) => isFor?.(registry)) ?? PLAIN;
}

/** Returns the profile of the registry whose challenge names this service, or null. */
export function profileOfService(service: string): RegistryProfile | null {
  return PROFILES.find((profile) => profile.service === service) ?? null;
}
