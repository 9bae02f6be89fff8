import type { RegistryProfile } from "./registry-profile.ts";

/** The second label is a region. Buckets of strangers are below oss-REGION. */
const TOKEN_HOST = /^dockerauth(?:-[a-z0-9]+)*\.(?:cn|ap|us|eu|me|na)-[a-z0-9-]+\.aliyuncs\.com$/;

/** Alibaba Cloud issues tokens at one host for each region. https://www.alibabacloud.com/help/en/acr/ */
export const ALIBABA: RegistryProfile = {
  ownsTokenHost: (registry, tokenHost) => registry.endsWith(".aliyuncs.com") && TOKEN_HOST.test(tokenHost),
};
