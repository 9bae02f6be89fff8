import type { AwsPort } from "./credentials/aws-port.ts";
import type { CredentialSource } from "./credentials/credential.ts";
import { endpointOf } from "./endpoint.ts";
import { HostConnections, type ConnectionOptions } from "./transport/host-connections.ts";
import { LentBlobs } from "./blobs/lent-blobs.ts";
import { listReferrers } from "./list-referrers.ts";
import { listRepositories } from "./list-repositories.ts";
import { listTagsInBulk } from "./list-in-bulk.ts";
import { isPullThrough } from "./is-pull-through.ts";
import { listSignatures } from "./list-signatures.ts";
import { fetchManifest, hasManifest, lendManifest, resolveTag } from "./manifests.ts";
import { RegistryAccess } from "./login/registry-access.ts";
import { RepositoryAccess } from "./login/repository-access.ts";
import type { RegistryClients, RepositoryClient } from "./repository-client.ts";
import { Session } from "./session.ts";
import { tellArchived } from "./tell-archived.ts";
import type { RetentionRules } from "./retention/retention-rules.ts";
import { RequestBudget } from "./request-budget.ts";
import { openVendorApi } from "./open-vendor-api.ts";
import type { VendorApi } from "./vendors/vendor-api.ts";
import type { ConnectionSurroundings } from "./transport/surroundings.ts";

/** Everything that the registries of a run need from outside. Certificates and keys in `settings` are PEM texts. */
export interface RegistryClientOptions extends ConnectionOptions, ConnectionSurroundings {
  readonly credentials: CredentialSource;
  /** What ECR's own lists are asked through; absent where nothing can ask AWS. */
  readonly aws?: AwsPort;
}

interface OpenRegistry {
  readonly registry: RegistryAccess;
  readonly openApi: ReturnType<typeof openVendorApi>;
}

/**
 * Opens the registries of a run. Each repository has one client, so that what it showed counts for all its requests. Nothing is sent before
 * the first question.
 */
export function createRegistryClients(options: RegistryClientOptions): RegistryClients {
  const connections = new HostConnections(options, options);
  const registries = new Map<string, OpenRegistry>();
  const clients = new Map<string, RepositoryClient>();
  const blobs = new LentBlobs();

  const openRegistry = (name: string): OpenRegistry => {
    const known = registries.get(name);
    if (known) return known;
    const settings = options.settings.get(name);
    const endpoint = endpointOf(name, settings?.plainHttp ?? null);
    const registry = new RegistryAccess(endpoint, connections.watched(endpoint), options.credentials, settings);
    const opened = { registry, openApi: openVendorApi(registry, { connections, now: options.now, aws: options.aws ?? null }) };
    registries.set(name, opened);
    return opened;
  };

  return {
    of(repository) {
      const known = clients.get(repository.name);
      if (known) return known;
      const { registry, openApi } = openRegistry(repository.registry);
      const scope = `repository:${repository.path}:pull`;
      const access = new RepositoryAccess(registry, connections, scope, options.now);
      const redirects = options.settings.get(repository.registry)?.redirects ?? [];
      const budget = new RequestBudget(options.now);
      const session = new Session(repository, registry, access, connections, redirects, budget);
      const client = tellArchived(newRepositoryClient(session, blobs, openApi({ budget, scope, access })));
      clients.set(repository.name, client);
      return client;
    },
    async listRepositories(name, prefix) {
      const { registry, openApi } = openRegistry(name);
      return listRepositories(registry, openApi({ budget: new RequestBudget(options.now) }), prefix);
    },
    traffic: () => connections.traffic(),
    clocks: () => connections.clocks(),
    taken: () => connections.taken(),
    leftHosts: () => connections.left(),
    close: () => connections.close(),
  };
}

function newRepositoryClient(session: Session, blobs: LentBlobs, api: VendorApi): RepositoryClient {
  const { repository } = session;
  let retention: Promise<RetentionRules | null> | null = null;
  return {
    repository,
    limitTo: (budget) => session.budget.limit(budget),
    spent: () => session.budget.spent(),
    describeReader: () => session.registry.describeReader(),
    listTags: () => listTagsInBulk(session, api),
    resolveTag: (tag, answerOptions) => resolveTag(session, tag, answerOptions),
    hasManifest: (digest) => hasManifest(session, digest),
    fetchManifest: (reference, answerOptions) => fetchManifest(session, reference, answerOptions),
    lendManifest: (reference, loan) => lendManifest(session, reference, loan),
    lendBlob: (descriptor, loan) => blobs.lend(session, descriptor, loan),
    listReferrers: (digest) => listReferrers(session, digest),
    limitsPulls: () => session.registry.profile.isMetered !== undefined,
    isPullThrough: () => isPullThrough(session, api),
    managedSignings: async (digest) => (await session.registry.profile.listManagedSignings?.(api, repository.path, digest)) ?? [],
    // A signature repository is asked for by each repository whose signatures it holds.
    readRetention: () => (retention ??= session.registry.profile.readRetention?.(api, repository.path) ?? Promise.resolve(null)),
    announcesSignatures: () => session.registry.announcesSignatures,
    listSignatures: (digest) => listSignatures(session, digest),
  };
}
