import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { Repository } from "../oci/reference.ts";
import { AUDIT_LIMITS } from "./audit-limits.ts";
import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { AuditPorts, RecalledRun, Run } from "./audit-ports.ts";
import { rememberReferrersApi } from "./compare/record-repository.ts";

export interface PreparedRun {
  readonly run: Run;
  /** Records the signature repositories that showed for the first time that they have a referrers API. */
  rememberReferrers(): Promise<void>;
}

/** Prepares a run. A repository where signatures of several releases are stored is listed once, however many releases ask for it. */
export function prepareRun(recalled: RecalledRun, ports: AuditPorts): PreparedRun {
  const { store, clients, limits = AUDIT_LIMITS } = ports;
  const opened = new Map<string, Promise<SearchedRepository>>();
  const remembered = new Set<string>();
  const open = async (repository: Repository): Promise<SearchedRepository> => {
    const client = clients.of(repository);
    client.limitTo(limits.budget);
    const history = await store.loadRepository(repository.name);
    const referrersApi = createReferrersCapability(client, history.repository?.referrersApi.learned ?? false);
    return { client, list: await client.listTags(), referrersApi };
  };
  const run: Run = {
    ...recalled,
    signatureRepository(repository) {
      const known = opened.get(repository.name) ?? open(repository);
      opened.set(repository.name, known);
      return known;
    },
  };
  return {
    run,
    async rememberReferrers() {
      for (const [name, repository] of opened) {
        if (remembered.has(name) || !(await repository).referrersApi.learnedNow) continue;
        remembered.add(name);
        await rememberReferrersApi(name, run, ports);
      }
    },
  };
}
