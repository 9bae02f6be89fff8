import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { Coverage, RunRecord } from "../history/state.ts";
import type { Repository } from "../oci/reference.ts";
import { AUDIT_LIMITS } from "./audit-limits.ts";
import type { AuditPorts, Run, SignatureRepository } from "./audit-ports.ts";

const RUNS_LOOKED_BACK = 60;

/** A run, ready to be worked for. */
export interface PreparedRun {
  readonly run: Run;
  /** Signature repositories that were asked for. */
  readonly opened: ReadonlyMap<string, Promise<SignatureRepository>>;
}

/** What the run knows of earlier ones, and repositories that several releases share. */
export async function prepareRun(record: Pick<RunRecord, "id">, now: number, ports: AuditPorts): Promise<PreparedRun> {
  const earlier = await ports.store.runs({ limit: RUNS_LOOKED_BACK, before: record.id });
  const listed = new Map<string, string>();
  const covered = new Map<string, Coverage>();
  for (const { id, coverage } of earlier) {
    for (const seen of coverage) {
      if (seen.listed && !listed.has(seen.repository)) listed.set(seen.repository, id);
      if (!covered.has(seen.repository)) covered.set(seen.repository, seen);
    }
  }
  const { opened, open } = openSignatureRepositories(ports);
  const run: Run = {
    id: record.id,
    now,
    checkedAt: new Date(now).toISOString(),
    lastListed: (name) => listed.get(name) ?? null,
    lastCoverage: (name) => covered.get(name) ?? null,
    signatureRepository: open,
  };
  return { run, opened };
}

/** Other repositories that signatures are stored in: each is listed once. */
export function openSignatureRepositories({ store, clients, limits = AUDIT_LIMITS }: AuditPorts): {
  opened: ReadonlyMap<string, Promise<SignatureRepository>>;
  open: Run["signatureRepository"];
} {
  const opened = new Map<string, Promise<SignatureRepository>>();
  const ask = async (repository: Repository): Promise<SignatureRepository> => {
    const client = clients.of(repository);
    client.limitTo(limits.budget);
    const history = await store.loadRepository(repository.name);
    return {
      list: await client.listTags(),
      referrersApi: createReferrersCapability(client, history.repository?.referrersApi.learned ?? false),
    };
  };
  const open = (repository: Repository): Promise<SignatureRepository> => {
    const known = opened.get(repository.name) ?? ask(repository);
    opened.set(repository.name, known);
    return known;
  };
  return { opened, open };
}
