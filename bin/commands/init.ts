import { dirname, isAbsolute, relative, resolve } from "node:path";
import { observeSigners, type WrittenRoot } from "../../lib/inspect/observe-signers.ts";
import { proposePolicy } from "../../lib/inspect/propose-policy.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { parseReference, type Repository } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { NAMED_ROOTS, type TrustStore } from "../../lib/verification/trust/trust-store.ts";
import { addProposals, formatProposals, type Proposal } from "../../lib/watchlist/propose/add-proposal.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeResult } from "../doors/output.ts";
import { describeObservedRepository, formatProposal, formatSkeleton, isByKeyOnly, mergeEqual } from "../terminal/proposal-text.ts";
import { openRegistries } from "../doors/registries.ts";
import { readRootFile } from "../doors/root-file.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { openRoots } from "../doors/trust.ts";
import { FILES, renderHere } from "../doors/watch-list.ts";

export interface InitOptions extends CommonOptions {
  readonly write?: string;
  readonly trustedRoot?: string;
}

/**
 * Looks at real signatures and proposes the narrowest watch list that fits them, on stdout or added to a file. Returns 0 if it proposed
 * something for every repository, 1 if not, and 3 if something could not be read or verified. A proposal that somebody has to complete is
 * printed and never written.
 */
export async function init(references: readonly string[], options: InitOptions): Promise<number> {
  const repositories = references.map(readRepository);
  const roots = readRoots(options);
  if (options.write !== undefined) await ensureWritable(options.write, "--write");
  const { now } = readNow(options);
  const signal = stopOnSignals();
  const clients = await openRegistries(new Map(), signal);
  try {
    const trust = await openRoots(options.trustedRoot === undefined ? NAMED_ROOTS : [], now);
    const [proposals, skeletons]: Proposal[][] = [[], []];
    let code = 0;
    for (const repository of repositories) {
      const progress = (done: number, all: number): void => say(`${repository.name}: ${done} of ${all} releases looked at`, true);
      const observed = await observeSigners(repository, { clients, trust, roots, now, signal, progress });
      if (signal.aborted) throw new SealwatchError("aborted", "init: stopped; nothing was written");
      const { releases, unresolved, failure } = observed;
      const policy = failure === null ? proposePolicy(releases) : null;
      for (const line of describeObservedRepository(repository, policy, observed, unusableOf(roots, trust))) say(line);
      const unread = failure !== null || unresolved.length > 0 || releases.some(({ unknown }) => unknown);
      if (policy !== null) proposals!.push(formatProposal(repository, policy));
      else code = Math.max(code, unread ? 3 : 1);
      if (policy === null && isByKeyOnly(releases)) skeletons!.push(formatSkeleton(repository, releases));
    }
    await tell(mergeEqual(proposals!), mergeEqual(skeletons!), options.write);
    return code;
  } finally {
    await clients.close();
  }
}

function readRepository(text: string): Repository {
  const parsed = parseReference(text);
  if (parsed.kind === "malformed") throw new SealwatchError("usage", `init ${text}: ${parsed.detail}; write registry/repository`);
  const { repository, tag, digest } = parsed.reference;
  if (tag !== null || digest !== null) {
    const named = digest === null ? `:${tag ?? ""}` : `@${digest}`;
    throw new SealwatchError(
      "usage",
      `init ${text}: looks at the releases of a whole repository; write ${repository.name} without ${named}`,
    );
  }
  return repository;
}

/** The watch list names a file relative to itself. */
function readRoots({ trustedRoot, write: file }: InitOptions): readonly [WrittenRoot, ...WrittenRoot[]] {
  const [first, ...others] = NAMED_ROOTS.map((name): WrittenRoot => ({ written: name, trustedRoot: name }));
  if (trustedRoot === undefined) return [first!, ...others];
  const written = isAbsolute(trustedRoot) ? trustedRoot : relative(dirname(resolve(file ?? "sealwatch.yaml")), resolve(trustedRoot));
  return [{ written, trustedRoot: readRootFile(trustedRoot) }];
}

function unusableOf(roots: readonly WrittenRoot[], trust: TrustStore): string[] {
  return roots.flatMap(({ trustedRoot }) => {
    const found = trust.find(trustedRoot);
    return found.kind === "missing" ? [found.detail] : [];
  });
}

/** Writes to stderr, because stdout is the watch list. Passing lines are shown only on a terminal. */
function say(line: string, passing = false): void {
  if (passing && !process.stderr.isTTY) return;
  process.stderr.write(
    passing ? `\r\u001b[2K${escapeText(line)}` : `${process.stderr.isTTY ? "\r\u001b[2K" : ""}${escapeText(line, 512)}\n`,
  );
}

async function tell(proposals: readonly Proposal[], skeletons: readonly Proposal[], file: string | undefined): Promise<void> {
  const printed = file === undefined ? [...proposals, ...skeletons] : skeletons;
  if (file !== undefined && proposals.length > 0) await write(proposals, file);
  if (printed.length > 0) await writeResult(formatProposals(printed));
}

async function write(proposals: readonly Proposal[], file: string): Promise<void> {
  const added = addProposals(resolve(file), FILES, proposals);
  if (added.kind === "refused") {
    const problems = added.problems.map(renderHere);
    const why = problems.length > 0 ? problems : [`${file}: it is no watch list with policies and repositories`];
    const end = `init --write ${file}: nothing was written, because the result would be no watch list; mend the file, or add by hand:`;
    throw new SealwatchError("watch-list", [...why, end, added.byHand.trimEnd()].join("\n"));
  }
  for (const name of added.present) say(`${name} is on the list already and keeps its entry`);
  if (added.text === null) return;
  await writeResult(added.text, file, { option: "--write" });
  say(`Written: ${file}. Next: sealwatch audit --config ${file}`);
}
