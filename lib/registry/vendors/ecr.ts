import { parseEcrHost } from "../../oci/ecr-host.ts";
import { loadEcrCredential } from "../credentials/load-ecr-credential.ts";
import type { RegistryProfile } from "./registry-profile.ts";

/**
 * A private registry of AWS: the run's own identity there is a login.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export const ECR: RegistryProfile = {
  isFor: (registry) => parseEcrHost(registry) !== null,
  defaultLogin: (registry, surroundings) => loadEcrCredential(registry, null, surroundings),
};
