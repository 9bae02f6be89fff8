import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { RunRecord } from "../history/run-record.ts";
import type { Repository } from "../oci/reference.ts";
import { AUDIT_LIMITS } from "./audit-limits.ts";
import type { AuditPorts, Run, SignatureRepository } from "./audit-ports.ts";
import { recallRuns } from "./recall-runs.ts";

/** A run, ready to be worked for. */
interface PreparedRun {
  readonly run: Run;
  /** Signature repositories that were asked for. */
  readonly opened: ReadonlyMap<string, Promise<SignatureRepository>>;
}

/** What the run knows of earlier ones, and repositories that several releases share. */
export async function prepareRun(record: Pick<RunRecord, "id">, now: number, ports: AuditPorts): Promise<PreparedRun> {
  const recalled = await recallRuns(record, now, ports.store);
  const { opened, open } = openSignatureRepositories(ports);
  const run: Run = { ...recalled, signatureRepository: open };
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
