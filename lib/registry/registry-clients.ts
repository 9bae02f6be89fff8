import type { Repository } from "../oci/reference.ts";
import type { CredentialSource } from "./credentials/credential.ts";
import { fetchBlob } from "./blobs.ts";
import { endpointOf } from "./endpoint.ts";
import { HostConnections, type ConnectionOptions } from "./transport/host-connections.ts";
import { listReferrers } from "./list-referrers.ts";
import { listTags } from "./list-tags.ts";
import { fetchManifest, hasManifest, resolveTag } from "./manifests.ts";
import { RegistryAccess } from "./login/registry-access.ts";
import { RepositoryAccess } from "./login/repository-access.ts";
import type { RegistryClients, RepositoryClient } from "./repository-client.ts";
import { Session } from "./session.ts";
import { RequestBudget } from "./request-budget.ts";
import type { ConnectionSurroundings } from "./transport/surroundings.ts";

/** Everything that the registries of a run need from outside. Certificates and keys in `settings` are PEM texts. */
export interface RegistryClientOptions extends ConnectionOptions, ConnectionSurroundings {
  readonly credentials: CredentialSource;
}

/**
 * Opens the registries of a run. Each repository has one client, so that what it showed counts for all its requests. Nothing is sent before
 * the first question.
 */
export function createRegistryClients(options: RegistryClientOptions): RegistryClients {
  const connections = new HostConnections(options, options);
  const registries = new Map<string, RegistryAccess>();
  const clients = new Map<string, RepositoryClient>();

  const openRegistry = (registry: string): RegistryAccess => {
    const settings = options.settings.get(registry);
    const endpoint = endpointOf(registry, settings?.plainHttp ?? null);
    return new RegistryAccess(endpoint, connections.watched(endpoint), options.credentials, settings);
  };

  return {
    of(repository) {
      const known = clients.get(repository.name);
      if (known) return known;
      const registry = registries.get(repository.registry) ?? openRegistry(repository.registry);
      registries.set(repository.registry, registry);
      const access = new RepositoryAccess(registry, connections, repository.path, options.now);
      const redirects = options.settings.get(repository.registry)?.redirects ?? [];
      const client = newRepositoryClient(
        repository,
        new Session(repository, registry, access, connections, redirects, new RequestBudget(options.now)),
      );
      clients.set(repository.name, client);
      return client;
    },
    traffic: () => connections.traffic(),
    taken: () => connections.taken(),
    leftHosts: () => connections.left(),
    close: () => connections.close(),
  };
}

function newRepositoryClient(repository: Repository, session: Session): RepositoryClient {
  return {
    repository,
    limitTo: (budget) => session.budget.limit(budget),
    spent: () => session.budget.spent(),
    listTags: () => listTags(session),
    resolveTag: (tag, answerOptions) => resolveTag(session, tag, answerOptions),
    hasManifest: (digest) => hasManifest(session, digest),
    fetchManifest: (reference, answerOptions) => fetchManifest(session, reference, answerOptions),
    fetchBlob: (descriptor, limitBytes) => fetchBlob(session, descriptor, limitBytes),
    listReferrers: (digest) => listReferrers(session, digest),
  };
}
