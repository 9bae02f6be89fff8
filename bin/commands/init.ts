import { existsSync, readFileSync } from "node:fs";
import { observeSigners } from "../../lib/audit/observe-signers.ts";
import { proposePolicy, type ProposedPolicy } from "../../lib/audit/propose-policy.ts";
import { escapeText } from "../../lib/notification/escape.ts";
import { parseReference, type Repository } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { NAMED_ROOTS } from "../../lib/verification/trust/trust-store.ts";
import { addProposals, type Proposal } from "../../lib/watchlist/add-proposal.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeResult } from "../doors/output.ts";
import { openRegistries } from "../doors/registries.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { openRoots } from "../doors/trust.ts";

export interface InitOptions extends CommonOptions {
  readonly write?: string;
}

/**
 * Looks at real signatures and proposes the narrowest watch list that fits them, on stdout or added to a file. 0 where something could be
 * proposed for every repository, 1 where not, 3 where a repository could not be read.
 */
export async function init(references: readonly string[], options: InitOptions): Promise<number> {
  const repositories = references.map(readRepository);
  if (options.write !== undefined) await ensureWritable(options.write);
  const { now } = readNow(options);
  const clients = openRegistries(new Map(), stopOnSignals());
  try {
    const trust = await openRoots(NAMED_ROOTS, now);
    const proposals: Proposal[] = [];
    let code = 0;
    for (const repository of repositories) {
      const progress = (done: number, all: number): void => say(`${repository.name}: ${done} of ${all} releases looked at`, true);
      const observed = await observeSigners(repository, { clients, trust, now, progress });
      const policy = observed.failure === null ? proposePolicy(observed.releases) : null;
      for (const line of observed.failure === null
        ? describe(repository, policy, observed.releases)
        : [`${repository.name}: ${observed.failure}`])
        say(line);
      if (policy !== null) proposals.push(formatProposal(repository, policy));
      else code = observed.failure === null ? Math.max(code, 1) : 3;
    }
    if (proposals.length > 0) await write(mergeEqual(proposals), options.write);
    return code;
  } finally {
    await clients.close();
  }
}

function readRepository(text: string): Repository {
  const parsed = parseReference(text);
  if (parsed.kind === "malformed") throw new SealwatchError("usage", `init ${text}: ${parsed.detail}; write registry/repository`);
  return parsed.reference.repository;
}

/** On stderr, so that stdout is the watch list; what will change soon only where somebody watches. */
function say(line: string, passing = false): void {
  if (passing && !process.stderr.isTTY) return;
  process.stderr.write(
    passing ? `\r\u001b[2K${escapeText(line)}` : `${process.stderr.isTTY ? "\r\u001b[2K" : ""}${escapeText(line, 512)}\n`,
  );
}

function describe(
  repository: Repository,
  policy: ProposedPolicy | null,
  releases: readonly { tag: string; others: readonly string[]; otherwise: string }[],
): string[] {
  if (releases.length === 0) return [`${repository.name}: no release tags, so there is nothing to propose`];
  if (policy === null) {
    const found = releases.map(({ tag, others, otherwise }) => `  ${tag}: ${others[0] ?? otherwise}`);
    return [
      `${repository.name}: none of ${releases.length} releases is signed by anybody who can be named; for signatures by key write key: FILE yourself`,
      ...found,
    ];
  }
  const satisfied = policy.looked - policy.unsatisfied.length;
  const head = `${repository.name}: ${satisfied} of ${policy.looked} releases satisfy the proposed policy`;
  return [
    head,
    ...remarksOf(policy).map((line) => `  ${line}`),
    ...policy.unsatisfied.map(({ tag, found }) => `  not satisfied: ${tag} (${found})`),
  ];
}

/** How often what the policy says was seen. */
function remarksOf({ signers, accept, looked }: ProposedPolicy): string[] {
  const bound = signers.flatMap(({ subject, satisfied }) => {
    const ref = /@(?<ref>[^@]*\{(?<what>tag|version)\})$/.exec(subject)?.groups;
    return ref === undefined
      ? [`${subject}: ${satisfied.length} of ${looked} releases`]
      : [`${ref["ref"]}: ${satisfied.length} of ${looked} releases name their own ${ref["what"]}`];
  });
  return accept === "attestation" ? [...bound, "only attestations are there, no signatures: accept: [attestation]"] : bound;
}

function formatProposal(repository: Repository, policy: ProposedPolicy): Proposal {
  const signers = policy.signers.map(({ issuer, subject, github, trustedRoot }) => ({
    keyless: {
      issuer,
      subject,
      ...(Object.keys(github).length === 0 ? {} : { github }),
      ...(trustedRoot === "public-good" ? {} : { trustedRoot }),
    },
  }));
  const satisfied = policy.looked - policy.unsatisfied.length;
  const missed = policy.unsatisfied.map(({ tag }) => tag);
  const comments = [
    `${satisfied} of ${policy.looked} releases looked at satisfy this${missed.length === 0 ? "" : `; not ${missed.join(", ")}`}`,
    ...remarksOf(policy).filter((line) => line.includes("{")),
  ];
  const name = repository.name.split("/").at(-1) ?? "release";
  return {
    name,
    comments,
    policy: policy.accept === "signature" ? { signers } : { signers, accept: ["attestation"] },
    repositories: [repository.name],
  };
}

/** Repositories whose releases the same signers made share a policy. */
function mergeEqual(proposals: readonly Proposal[]): Proposal[] {
  const merged = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const key = JSON.stringify(proposal.policy);
    const same = merged.get(key);
    merged.set(key, same === undefined ? proposal : { ...same, repositories: [...same.repositories, ...proposal.repositories] });
  }
  return [...merged.values()];
}

async function write(proposals: readonly Proposal[], file: string | undefined): Promise<void> {
  const before = file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : null;
  const added = addProposals(before, proposals);
  if (added.kind === "malformed")
    throw new SealwatchError("watch-list", `init --write ${file ?? ""}: ${added.detail}; mend the file, or write another`);
  for (const name of added.present) say(`${name} is on the list already and keeps its entry`);
  await writeResult(added.text, file);
  if (file !== undefined) say(`Written: ${file}. Next: sealwatch audit --config ${file}`);
}
