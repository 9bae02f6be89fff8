import type { RegistryProfile } from "./registry-profile.ts";

/** Red Hat's registries say UNKNOWN for some missing things. */
export const RED_HAT: RegistryProfile = {
  isFor: (registry) => registry === "registry.access.redhat.com" || registry === "registry.redhat.io",
  saysAbsent: { code: "UNKNOWN", message: /not found/i },
};
