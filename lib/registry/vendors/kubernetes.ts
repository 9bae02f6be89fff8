import type { RegistryProfile } from "./registry-profile.ts";

/** registry.k8s.io sends most questions on to Artifact Registry, and so its tag lists are Google's. https://github.com/kubernetes/registry.k8s.io */
export const KUBERNETES: RegistryProfile = {
  isFor: (registry) => registry === "registry.k8s.io",
  tagsPageLimitBytes: 32 * 1024 * 1024,
};
