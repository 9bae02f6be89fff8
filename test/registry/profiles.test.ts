import { describe, expect, it } from "vitest";
import { PROFILES, profileOf, profileOfService } from "../../lib/registry/vendors/profiles.ts";

const HOSTS = [
  "docker.io",
  "registry-1.docker.io",
  "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  "gcr.io",
  "eu.gcr.io",
  "europe-docker.pkg.dev",
  "registry.access.redhat.com",
  "registry.redhat.io",
  "registry.gitlab.com",
  "registry.cn-hangzhou.aliyuncs.com",
];

describe("the profiles of registries", () => {
  it.each(HOSTS)("has one row for %s, and no other for a name that only resembles it", (host) => {
    expect(PROFILES.filter(({ isFor }) => isFor?.(host))).toHaveLength(1);
    for (const other of [`${host}.example.com`, `not${host}`, "ghcr.io"]) {
      const profile = profileOf(other);
      expect([profile.servedBy, profile.saysAbsent, profile.defaultLogin]).toEqual([undefined, undefined, undefined]);
    }
  });

  it("have none for a registry that does as the specification says", () => {
    expect(profileOf("registry.example.com:5000")).toEqual({});
    expect(profileOfService("registry.example.com")).toBeNull();
  });

  it("know Harbor by its challenge, whatever its name is", () => {
    expect(profileOfService("harbor-registry")?.saysAbsent?.code).toBe("UNKNOWN");
  });
});
