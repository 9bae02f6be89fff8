import type { HistoryReader } from "../../history/store.ts";
import type { RepositoryHistory } from "../../history/state.ts";
import { isDigest, digestOf, type Digest } from "../../oci/digest.ts";
import type { ReportRelease } from "../../report/report-model.ts";
import { candidatesOf } from "../inquiry.ts";
import { layersOf, parseRecordedFacts, withBytes, type ReleaseFacts } from "../recorded-facts.ts";
import { loadRecorded, packPolicy, type PackedPolicy } from "./pack-policy.ts";
import type { PackShelf } from "./pack-shelf.ts";
import { planCheck, skip, type CheckPlan } from "./plan-check.ts";

/** What a pack is made from, and what is in it so far. */
export interface PackSource {
  readonly store: Pick<HistoryReader, "loadEvidence" | "loadRepository">;
  readonly shelf: PackShelf;
  /** Epochs that were laid down: thousands of releases have a few. */
  readonly policies: Map<Digest, PackedPolicy | null>;
}

/** How one release is checked, with the files that the script needs. */
export interface PackedCheck {
  readonly release: ReportRelease;
  readonly plan: CheckPlan;
  /** Key files by signer. */
  readonly keys: ReadonlyMap<string, string>;
}

const NO_KEYS: ReadonlyMap<string, string> = new Map();

/** Lays down everything that is recorded of a release, and says how its verdict is checked. `state`: for histories that named no facts. */
export async function packRelease(release: ReportRelease, state: RepositoryHistory | null, source: PackSource): Promise<PackedCheck> {
  const refuse = (why: string): PackedCheck => ({ release, plan: skip(why), keys: NO_KEYS });
  const policy = await policyOf(release, source);
  const facts = await factsOf(release, state, source);
  if (facts === null) return refuse(release.verdict === "signed" ? "not recorded" : release.state);
  if (policy === null) return refuse("policy not kept");
  return { release, plan: planCheck(release, facts, policy.policy), keys: policy.keys };
}

/** Loads what was found out about a release, laying it down with payloads, bundles and signatures. What is not kept has no bytes. */
async function factsOf(
  { tag, digest, basis }: ReportRelease,
  state: RepositoryHistory | null,
  { store, shelf }: PackSource,
): Promise<ReleaseFacts | null> {
  const latest = state?.tags.get(tag);
  const named = basis.facts ?? (latest?.timeline.at(-1)?.digest === digest ? latest?.facts : undefined);
  const bytes = named === undefined ? null : await loadRecorded(store, named);
  const recorded = bytes === null ? null : parseRecordedFacts(bytes);
  if (named === undefined || bytes === null || recorded === null || recorded.digest !== digest) return null;
  shelf.addEvidence(named, bytes);
  const contents = new Map<Digest, Uint8Array>();
  for (const layer of layersOf(recorded)) {
    const content = await loadRecorded(store, layer);
    if (content === null) continue;
    contents.set(layer, content);
    shelf.addEvidence(layer, content);
  }
  for (const { annotations } of recorded.targets.flatMap(({ facts }) => candidatesOf(facts.answers))) {
    const signature = annotations["dev.cosignproject.cosign/signature"] ?? "";
    if (signature !== "") shelf.addEvidence(digestOf(signature), new TextEncoder().encode(signature));
  }
  return withBytes(recorded, contents);
}

async function policyOf({ basis: { epoch } }: ReportRelease, { store, shelf, policies }: PackSource): Promise<PackedPolicy | null> {
  if (!isDigest(epoch)) return null;
  const known = policies.get(epoch);
  if (known !== undefined) return known;
  const packed = await packPolicy(epoch, store, shelf);
  policies.set(epoch, packed);
  return packed;
}
