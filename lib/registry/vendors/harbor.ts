import type { RegistryProfile } from "./registry-profile.ts";

/** Harbor stands behind any name, and its challenge names it. Its documents say UNKNOWN for some missing things. https://goharbor.io */
export const HARBOR: RegistryProfile = {
  service: "harbor-registry",
  saysAbsent: { code: "UNKNOWN", message: /not found/i },
};
