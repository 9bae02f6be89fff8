import { describe, expect, it } from "vitest";
import { PROFILES, profileOf, profileOfChallenge } from "../../lib/registry/vendors/profiles.ts";

const HOSTS = [
  "docker.io",
  "registry-1.docker.io",
  "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  "gcr.io",
  "eu.gcr.io",
  "europe-docker.pkg.dev",
  "registry.k8s.io",
  "acme.azurecr.io",
  "ghcr.io",
  "quay.io",
  "registry.digitalocean.com",
  "registry.gitlab.com",
  "registry.access.redhat.com",
  "registry.redhat.io",
];

describe("the profiles of registries", () => {
  it.each(HOSTS)("has one row for %s, and no other for a name that only resembles it", (host) => {
    expect(PROFILES.filter(({ isFor }) => isFor?.(host))).toHaveLength(1);
    for (const other of [`${host}.example.com`, `not${host}`, "registry.example.com"]) {
      const profile = profileOf(other);
      expect([profile.servedBy, profile.saysAbsent, profile.defaultLogin]).toEqual([undefined, undefined, undefined]);
    }
  });

  it("have none for a registry that does as the specification says", () => {
    expect(profileOf("registry.example.com:5000")).toEqual({});
    expect(profileOfChallenge("registry.example.com", "https://registry.example.com/token")).toBeNull();
  });

  it("know Harbor by its challenge, whatever its name is", () => {
    expect(profileOfChallenge("harbor-registry", "https://registry.example.com/service/token")?.saysAbsent?.code).toBe("UNKNOWN");
  });

  it.each([
    ["registry-1.docker.io", "auth.docker.io", "auth.docker.io.example.com"],
    ["registry.acme.co.uk", "gitlab.acme.co.uk", "gitlab.co.uk"],
    ["registry.digitalocean.com", "api.digitalocean.com", "api.digitalocean.com.example.com"],
    ["registry.cn-hangzhou.aliyuncs.com", "dockerauth.cn-hangzhou.aliyuncs.com", "dockerauth-x.oss-cn-hangzhou.aliyuncs.com"],
  ])("give the credentials of %s to %s, and not to %s", (registry, tokenHost, stranger) => {
    const owners = (name: string, asked: string) => PROFILES.filter(({ ownsTokenHost }) => ownsTokenHost?.(name, asked) === true).length;
    expect([owners(registry, tokenHost), owners(registry, stranger), owners("registry.example.com", tokenHost)]).toEqual([1, 0, 0]);
  });
});
