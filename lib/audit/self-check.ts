import { CONTROL_EXPECTATIONS, CONTROL_REPOSITORY, startControls } from "../controls/controls.ts";
import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { RepositoryHistory } from "../history/state.ts";
import { parseRepository } from "../oci/reference.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import { watchBySigner } from "../watchlist/watch-by-signer.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { AuditPorts, Run } from "./audit-ports.ts";
import { createOrphans } from "./judge/orphans.ts";
import { judgeReleases } from "./judge/judge-releases.ts";
import { listReleases, type ListingPlan } from "./list/list-releases.ts";
import { readWaitingLine } from "./list/waiting-line.ts";
import { planWork } from "./release-night.ts";

/**
 * Audits a few control images, whose verdicts are known, by the same code over real HTTP. Throws SealwatchError `self-check` if one verdict
 * is wrong, because then no other verdict is worth anything, and `aborted` if somebody stopped it.
 */
export async function checkControls(clients: RegistryClients, ports: AuditPorts, now: number): Promise<void> {
  const { registry, publicKey } = await startControls();
  try {
    const wrong = await listWrongAnswers(clients, watchControls(registry.host, publicKey), ports, now);
    // Whoever stops the check leaves it without answers, which says nothing of this installation.
    if (ports.signal.aborted) throw new SealwatchError("aborted", "audit: stopped before anything was judged; the next start begins again");
    if (wrong.length > 0) {
      throw new SealwatchError(
        "self-check",
        `self-check: this installation judges known images wrongly, so nothing was audited: ${wrong.join("; ")}`,
      );
    }
  } finally {
    await registry.close();
  }
}

const EMPTY: RepositoryHistory = { repository: null, tags: new Map() };
const EVERYTHING: ListingPlan = {
  rota: () => ({ rest: () => null, lastLooked: () => null }),
  isDueInFull: () => false,
  line: readWaitingLine(undefined),
  newTags: Number.POSITIVE_INFINITY,
};

async function listWrongAnswers(clients: RegistryClients, watched: WatchedRepository, ports: AuditPorts, now: number): Promise<string[]> {
  const client = clients.of(watched.repository);
  const listing = await listReleases(client, [watched], EMPTY.tags, EVERYTHING);
  const main = { client, list: listing.list, referrersApi: createReferrersCapability(client, false) };
  const [item] = planWork([watched]);
  const quiet: AuditPorts = { ...ports, clients, progress: () => undefined };
  const { facts } = await judgeReleases({
    item: item!,
    listing,
    history: EMPTY,
    main,
    orphans: createOrphans(new Set()),
    run: controlRun(now),
    ports: quiet,
    keeper: null,
    part: {},
  });
  const answers = new Map(facts.map(({ release, judged }) => [release.tag, judged?.verdict]));
  return CONTROL_EXPECTATIONS.flatMap(({ tag, verdict, reason }) => {
    const answer = answers.get(tag);
    if (answer?.verdict === verdict && answer.reason === reason) return [];
    const got = answer === undefined ? "no answer" : `${answer.verdict}${answer.reason === null ? "" : ` / ${answer.reason}`}`;
    return [`${tag}: expected ${verdict}${reason === null ? "" : ` / ${reason}`}, got ${got}`];
  });
}

function controlRun(now: number): Run {
  const checkedAt = new Date(now).toISOString();
  const signatureRepository = (): never => {
    throw new SealwatchError("internal", "self-check: the controls name no signature repository");
  };
  return {
    id: checkedAt,
    number: 1,
    now,
    checkedAt,
    lastListed: () => null,
    lastWhole: () => null,
    lastCoverage: () => null,
    signatureRepository,
  };
}

function watchControls(host: string, pem: string): WatchedRepository {
  const parsed = parseRepository(`${host}/${CONTROL_REPOSITORY}`);
  if (parsed.kind === "malformed") throw new SealwatchError("internal", `self-check: ${parsed.detail}`);
  const signer = { kind: "key", name: "controls", pem, source: "controls.pub", until: null } as const;
  return watchBySigner(parsed.repository, signer);
}
