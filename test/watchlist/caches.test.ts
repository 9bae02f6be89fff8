import { describe, expect, it } from "vitest";
import { linesOf, loadFromText, MINIMAL } from "./load-from-text.ts";

/** What the lint asks about a repository, with the settings of registries. */
function askedOf(repository: string, registries = ""): string[] {
  const text = `version: 1${MINIMAL.replace(/repository: \S+?(?=[,} \n])/, `repository: "${repository}"`)}${registries}\n`;
  return linesOf(loadFromText(text)).filter((line) => line.includes("cache"));
}

describe("a registry that looks like a cache of another one", () => {
  it.each([
    "mirror.acme.example/library/app",
    "docker-mirror.acme.example/app",
    "proxy.acme.example:5000/app",
    "registry-cache2.acme.example/app",
    "mirror.gcr.io/library/nginx",
    "harbor.acme.example/docker-hub/library/nginx",
    "harbor.acme.example/dockerhub-proxy/library/nginx",
    "harbor.acme.example/proxy.docker.io/library/nginx",
    "harbor.acme.example/ghcr.io/acme/app",
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/ecr-public/nginx/nginx",
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx",
  ])("is asked about: %s", (repository) => {
    const [line, ...more] = askedOf(repository);
    expect(more).toEqual([]);
    expect(line).toMatch(/warning: found .* which looks like a cache of another registry .*; write registries: .*pullThrough: true/);
  });

  it.each([
    "ghcr.io/acme/app",
    "ghcr.io/acme/proxy",
    "ghcr.io/envoyproxy/envoy",
    "registry.acme.example/docker-hub",
    "quay.io/prometheus/cache",
    "cached.acme.example/app",
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/mirror/app",
  ])("is not seen in %s", (repository) => {
    expect(askedOf(repository)).toEqual([]);
  });

  it.each([true, false])("is not asked about where the watch list says %s", (said) => {
    expect(askedOf("mirror.acme.example/app", `registries: { mirror.acme.example: { pullThrough: ${said} } }`)).toEqual([]);
  });
});
