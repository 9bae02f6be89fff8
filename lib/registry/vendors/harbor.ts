import type { RegistryProfile } from "./registry-profile.ts";

/** Harbor stands behind any name; its challenge tells. For some things that are not there its documents say UNKNOWN. https://goharbor.io */
export const HARBOR: RegistryProfile = {
  service: "harbor-registry",
  saysAbsent: { code: "UNKNOWN", message: /not found/i },
};
