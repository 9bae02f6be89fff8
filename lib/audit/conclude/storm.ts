import { registryOf } from "../../oci/reference.ts";
import type { Cause } from "../../history/cause.ts";
import type { Change, RunId } from "../../history/state.ts";
import type { DefinitiveWord, VerdictWord } from "../../history/verdict.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";

/** Many releases of one registry or signer that got worse in one run, or all of one repository that lost their signatures. */
export interface Storm {
  /** `ghcr.io`, `signer ops-key of acme-release`, or a repository. */
  readonly about: string;
  /** How many releases had a definitive verdict before; of a repository, how many lost their signatures. */
  readonly of: number;
  readonly changes: readonly Change[];
}

/** These are facts of one release, which no trouble of a registry causes (architecture section 5, "Storm"). */
const NEVER_HELD: ReadonlySet<Cause> = new Set<Cause>(["tag-moved", "tag-rolled-back", "unexpected-signer", "signature-misbound"]);
const RANK: Readonly<Record<DefinitiveWord, number>> = { signed: 2, untrusted: 1, unsigned: 0 };

/**
 * Finds the storms of a run: at least `least` releases, and at least that `share` of the registry's or signer's releases with an earlier
 * definitive verdict, got worse; or, whatever their number, releases lost their signatures in a repository that is `bared`: its tags stay,
 * and nobody's signature is on its releases tonight.
 * A signer's or repository's storm counts only if the storms before do not contain all of it. `pending` are the changes of this run. Pure.
 */
export function findStorms(
  pending: readonly Change[],
  known: KnownReleases,
  bared: ReadonlyMap<string, number>,
  storm: WatchList["storm"],
): Storm[] {
  const worse = pending.filter(isWorse);
  const isStorm = ({ of, changes }: Storm): boolean => changes.length >= storm.least && changes.length >= storm.share * of;
  const registries = groupStorms(worse, ({ repository }) => [registryOf(repository)], known).filter(isStorm);
  const signers = groupStorms(worse, ({ before }) => [...new Set(before?.signers.map(({ signer }) => signerOf(signer)))], known).filter(
    isStorm,
  );
  // A tag that was moved to a bare image lost nothing by an outage: then the others are told as they are.
  const moved = new Set(pending.filter((change) => lostSignature(change) && !worse.includes(change)).map(({ repository }) => repository));
  const lost = worse.filter((change) => bared.has(change.repository) && !moved.has(change.repository) && lostSignature(change));
  // If another start of the run has told some of them already, the rest is told as that start told them.
  const isWhole = ({ about, changes }: Storm): boolean => changes.length >= (bared.get(about) ?? Infinity);
  const repositories = groupStorms(lost, ({ repository }) => [repository], known).filter((one) => isOfSeveral(one) && isWhole(one));
  const seen = new Set<Change>();
  return [registries, signers, repositories].flatMap((storms, nth) => {
    const own = storms.filter(({ changes }) => nth === 0 || changes.some((change) => !seen.has(change)));
    for (const change of own.flatMap(({ changes }) => changes)) seen.add(change);
    return own;
  });
}

/** Whether nothing is left of the signature that a release had. */
function lostSignature({ before, after }: Change): boolean {
  return before?.verdict === "signed" && after.verdict === "unsigned";
}

/** Whether these are several images. One alone, under whatever tags, is told as a release. */
function isOfSeveral({ changes }: Storm): boolean {
  return new Set(changes.map(({ after }) => after.digest)).size > 1;
}

/** Reports whether a known release got worse in a way that a second reading could refute. */
function isWorse({ kind, tag, cause, before, after }: Change): boolean {
  if (kind !== "opened" || tag === null || cause === null || NEVER_HELD.has(cause)) return false;
  // This is a stranger's signature beside one that is gone.
  if (after.reason === "unexpected-signer" || after.reason === "wrong-digest") return false;
  const [was, is] = [rankOf(before?.verdict ?? null), rankOf(after.verdict)];
  return was !== null && is !== null && is < was;
}

function rankOf(word: VerdictWord | null): number | null {
  return word === "signed" || word === "untrusted" || word === "unsigned" ? RANK[word] : null;
}

function groupStorms(changes: readonly Change[], keysOf: (change: Change) => string[], known: KnownReleases): Storm[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    for (const key of keysOf(change)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [change]);
      else group.push(change);
    }
  }
  return [...groups].map(([about, group]) => ({ about, of: Math.max(known.get(about) ?? 0, group.length), changes: group }));
}

/** How many releases had a definitive verdict before, by registry and by signer. */
type KnownReleases = ReadonlyMap<string, number>;

/**
 * Counts known releases as they were before a run. If another start of the run has recorded a release already, its signers are those that
 * it had before.
 */
export function countKnown(outcomes: readonly Pick<RepositoryOutcome, "item" | "history">[], run: RunId): KnownReleases {
  const known = new Map<string, number>();
  const count = (key: string): void => void known.set(key, (known.get(key) ?? 0) + 1);
  for (const { item, history } of outcomes) {
    for (const { last, removedSince } of history.tags.values()) {
      if (last === null || removedSince !== null) continue;
      count(registryOf(item.name));
      const signers = last.since === run ? (last.formerSigners ?? last.signers) : last.signers;
      for (const signer of new Set(signers.map((entry) => signerOf(entry.signer)))) count(signer);
    }
  }
  return known;
}

function signerOf(name: string): string {
  return `signer ${name}`;
}
