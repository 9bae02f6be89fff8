import type { RegistryProfile } from "./registry-profile.ts";

/** Alibaba Cloud gives tokens at one host for each region. https://www.alibabacloud.com/help/en/acr/ */
export const ALIBABA: RegistryProfile = {
  isFor: (registry) => /^[a-z0-9.-]+\.aliyuncs\.com(?::\d+)?$/.test(registry),
  tokenHost: /^dockerauth[a-z0-9-]*\.[a-z0-9.-]*aliyuncs\.com$/,
};
