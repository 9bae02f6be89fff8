import { ALIBABA } from "./alibaba.ts";
import { AZURE } from "./azure.ts";
import { DIGITALOCEAN } from "./digitalocean.ts";
import { DOCKER_HUB } from "./docker-hub.ts";
import { ECR } from "./ecr.ts";
import { GITHUB } from "./github.ts";
import { GITLAB } from "./gitlab.ts";
import { GOOGLE } from "./google.ts";
import { HARBOR } from "./harbor.ts";
import { KUBERNETES } from "./kubernetes.ts";
import { QUAY } from "./quay.ts";
import { RED_HAT } from "./red-hat.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import { ZOT } from "./zot.ts";

/** The registries that differ from the specification. Their names do not overlap. */
export const PROFILES: readonly RegistryProfile[] = [
  DOCKER_HUB,
  ECR,
  GOOGLE,
  AZURE,
  GITHUB,
  QUAY,
  HARBOR,
  KUBERNETES,
  RED_HAT,
  GITLAB,
  ALIBABA,
  DIGITALOCEAN,
  ZOT,
];

const PLAIN: RegistryProfile = {};

/** Returns the profile of the registry of this name, or an empty one. */
export function profileOf(registry: string): RegistryProfile {
  return PROFILES.find(({ isFor }) => isFor?.(registry)) ?? PLAIN;
}

/** Returns the profile of the registry whose challenge names this service and realm, or null. */
export function profileOfChallenge(service: string, realm: string): RegistryProfile | null {
  const path = URL.canParse(realm, "https://registry") ? new URL(realm, "https://registry").pathname : "";
  const isMet = (asked: string | undefined, given: string): boolean => asked === undefined || asked === given;
  return (
    PROFILES.find((profile) => {
      if (profile.service === undefined && profile.realmPath === undefined) return false;
      return isMet(profile.service, service) && isMet(profile.realmPath, path);
    }) ?? null
  );
}

/** Returns the profile of the registry that sends such headers, or null. `headerOf` returns a header by its lower-case name. */
export function profileOfHeaders(headerOf: (name: string) => string): RegistryProfile | null {
  return PROFILES.find(({ header }) => header?.value.test(headerOf(header.name))) ?? null;
}
