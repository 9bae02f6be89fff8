import { parseEcrHost } from "../../oci/ecr-host.ts";
import type { Repository } from "../../oci/reference.ts";
import type { FoundRepository } from "../read/read-repositories.ts";
import { reportWarning } from "../read/source-file.ts";
import type { RegistrySettings } from "../watch-list.ts";

/** A word of a host or project by which people name a cache of another registry: `mirror.acme.example`, `dockerhub-proxy`. */
const CACHE_WORD = /(?:^|[.\-_])(?:mirrors?|prox(?:y|ies)|cach(?:e|ing)|pull-?through|remote)\d*(?:[.\-_:]|$)/;
/** Registries after which people name projects that cache them. */
const UPSTREAM =
  /^(?:docker-?hub|docker\.io|ghcr(?:\.io)?|quay(?:\.io)?|gcr(?:\.io)?|registry\.k8s\.io|k8s\.gcr\.io|mcr(?:\.microsoft\.com)?|public\.ecr\.aws)$/;
/** The prefixes that ECR proposes for its pull-through cache rules. */
const ECR_PREFIXES: ReadonlySet<string> = new Set(["docker-hub", "ecr-public", "github", "gitlab", "kubernetes", "quay", "chainguard"]);

/** Asks about each registry that looks like a cache of another one, unless the watch list says whether it is one. */
export function reportCaches(found: readonly FoundRepository[], registries: ReadonlyMap<string, RegistrySettings>): void {
  const asked = new Set<string>();
  for (const { at, name, settings } of found) {
    const { registry, path } = name.kind === "one" ? name.repository : name.pattern;
    const watched = { registry, path, name: `${registry}/${path}` };
    for (const one of [watched, ...(settings?.signatureRepository ? [settings.signatureRepository] : [])]) {
      const word = wordOfCache(one);
      if (word === null || asked.has(one.registry) || (registries.get(one.registry)?.pullThrough ?? null) !== null) continue;
      asked.add(one.registry);
      const message = `found ${one.name}, which looks like a cache of another registry (${word}): what a cache does not have is not proven absent`;
      reportWarning(
        at,
        "maybe-pull-through",
        message,
        `write registries: { "${one.registry}": { pullThrough: true } }, or false if it is none`,
      );
    }
  }
}

/** Returns the part of the name that looks like a cache, or null. */
function wordOfCache({ registry, path }: Repository): string | null {
  if (CACHE_WORD.test(registry)) return registry;
  const project = path.split("/", 1)[0]!;
  if (project === path) return null;
  if (parseEcrHost(registry) !== null) return ECR_PREFIXES.has(project) ? `${project}/` : null;
  return CACHE_WORD.test(project) || UPSTREAM.test(project) ? `${project}/` : null;
}
