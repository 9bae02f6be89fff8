import type { SearchedRepository } from "../../discovery/searched-repository.ts";
import type { Judgement, RepositoryHistory, TagState } from "../../history/state.ts";
import { meanwhileOf } from "../../history/meanwhile.ts";
import type { Digest } from "../../oci/digest.ts";
import { VerificationMemo } from "../../verification/verification-memo.ts";
import type { AuditPorts, Run } from "../audit-ports.ts";
import { isOfSchema1, type Group } from "../list/group-releases.ts";
import type { Listing } from "../list/list-releases.ts";
import { isDueInFull, isRepositoryDueInFull } from "../list/recheck.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import { standsAsRecorded } from "../list/standing.ts";
import { recordedDigests, type WorkItem } from "../release-night.ts";
import type { AuditExtent } from "../repository-outcome.ts";
import type { DeskParts } from "./candidate/desk.ts";
import type { Epoch } from "./epoch.ts";
import { isWithinGrace } from "./grace.ts";
import type { Inquiry, Orphans, PastQuestion } from "./inquiry.ts";
import type { ReleaseCase } from "./judge-release.ts";
import type { LeftImage } from "./left-image.ts";
import { findCache } from "./missing-in-cache.ts";
import type { PlaceOpener } from "./place-opener.ts";
import { recordedArtifacts } from "./recorded-artifacts.ts";

/** What the releases of one repository are judged with. */
export interface CaseBench {
  readonly item: WorkItem;
  readonly listing: Listing;
  readonly history: RepositoryHistory;
  readonly main: SearchedRepository;
  readonly orphans: Orphans;
  readonly run: Run;
  readonly ports: AuditPorts;
  readonly part: AuditExtent;
  readonly openPlaces: PlaceOpener;
  /** What the candidates of the release will be judged under beside tonight's policy. */
  readonly past: readonly PastQuestion[];
  readonly keepNow: DeskParts["keepNow"];
  /** The images that tags left before anybody could judge them, by tag. */
  readonly left: ReadonlyMap<string, LeftImage>;
}

/** Gathers what a group of tags of one digest is judged by: what was recorded of it, where to look, and how thoroughly. */
export async function buildCase(group: Group, epoch: Epoch, newest: ReadonlySet<string>, bench: CaseBench): Promise<ReleaseCase> {
  const { history, main, run, orphans } = bench;
  const { digest, releases, names } = group;
  const { watched } = releases[0]!;
  const recorded = recordedDigests(history);
  const states = recorded.judged.get(digest) ?? [];
  const verified = states.flatMap((state) => state.last?.signers ?? []);
  const firstSeen = recorded.firstSeen.get(digest) ?? null;
  const places = await bench.openPlaces(watched);
  const signatures = watched.signatureRepository === null ? [] : [(await run.signatureRepository(watched.signatureRepository)).client];
  const own = releases.map((release) => history.tags.get(release.tag));
  const recallable = findRecallable(digest, own, epoch, watched.target);
  const inFull = bench.part.again !== undefined || releases.some((release) => isAskedInFull(release, newest, bench));
  const knownWorse = states.some((state) => state.last?.verdict === "unsigned" && state.last.epoch === epoch.id);
  const told = own.some((state) => (state?.last?.cause ?? null) !== null);
  const inquiry: Inquiry = {
    watched,
    names,
    trust: bench.ports.trust.find,
    memo: new VerificationMemo(),
    main,
    places,
    cache: await findCache([main.client, ...signatures]),
    ...recordedArtifacts([...states, ...own.filter((state) => state !== undefined)], run.now),
    recordedPlaces: new Set(verified.map((signer) => signer.place)),
    firstTime: !knownWorse || told || inFull,
    everything: false,
    diagnose: watched.target === "index" && !isOfSchema1(group),
    orphans,
    now: run.now,
    firstSeen: firstSeen === null ? run.now : Date.parse(firstSeen),
    past: bench.past,
    keepNow: bench.keepNow,
    largeBytes: bench.ports.limits?.largeBytes,
  };
  return {
    digest,
    watched,
    tags: releases.map((release) => release.tag),
    inquiry,
    isOfSchema1: isOfSchema1(group),
    recallable: inFull ? null : recallable,
    standing: releases.every((release) => standsAsRecorded(history.tags.get(release.tag), watched, main.list)) ? recallable : null,
    withinGrace: isWithinGrace({ digest, releases, graceSeconds: watched.graceSeconds }, history, run.now, bench.left),
  };
}

/** A release is asked again when its turn comes: its own, or that of the repository if the list alone shows that nothing changed. */
function isAskedInFull({ tag, watched }: ListedRelease, newest: ReadonlySet<string>, { item, listing, history, run }: CaseBench): boolean {
  const previous = timeOf(run.lastListed(item.name));
  if (standsAsRecorded(history.tags.get(tag), watched, listing.list))
    return isRepositoryDueInFull(item.name, timeOf(history.repository?.baselineRun ?? null), previous, run.now);
  return watched.recheck.kind === "rolling" || newest.has(tag) || isDueInFull(item.name, tag, previous, run.now);
}

/** A judgement may be recalled only if every tag of the digest shows it as signed, under this very epoch and without a finding. */
function findRecallable(
  digest: Digest,
  own: readonly (TagState | undefined)[],
  epoch: Epoch,
  target: string,
): { judgement: Judgement; state: TagState } | null {
  if (target !== "index") return null;
  let recallable: { judgement: Judgement; state: TagState } | null = null;
  for (const state of own) {
    const last = state?.last;
    if (!state || !last || last.digest !== digest || last.verdict !== "signed" || last.epoch !== epoch.id) return null;
    if (last.cause !== null || state.shown.verdict !== "signed" || state.places === undefined || meanwhileOf(state) !== null) return null;
    recallable ??= { judgement: last, state };
  }
  return recallable;
}

function timeOf(run: string | null): number | null {
  return run === null ? null : Date.parse(run);
}
