import type { HistoryReader } from "../history/store.ts";
import type { RepositoryHistory } from "../history/state.ts";
import { COSIGN_SIGNATURE } from "../oci/cosign-annotations.ts";
import { isDigest, digestOf, type Digest } from "../oci/digest.ts";
import type { ReportRelease } from "../report/report-model.ts";
import { candidatesOf } from "../audit/judge/inquiry.ts";
import { layersOf, parseRecordedFacts, signatureManifestsOf, withBytes, type ReleaseFacts } from "../audit/judge/recorded-facts.ts";
import type { GapKind } from "./pack-gaps.ts";
import { packPolicy, type PackedPolicy, type PolicySource } from "./pack-policy.ts";
import { NOT_RECORDED, planCheck, skip, type CheckPlan } from "./plan-check.ts";

/** The sources of a pack and its contents so far. */
export interface PackSource extends PolicySource {
  readonly store: Pick<HistoryReader, "loadEvidence" | "loadRepository">;
  /** Epochs that were already added: thousands of releases share a few. */
  readonly policies: Map<Digest, PackedPolicy | null>;
}

/** How to check one release, with the files that the script needs. */
export interface PackedCheck {
  readonly release: ReportRelease;
  readonly plan: CheckPlan;
  /** Key files by the name of the signer. */
  readonly keys: ReadonlyMap<string, string>;
}

const NO_KEYS: ReadonlyMap<string, string> = new Map();

/** Adds everything recorded of a release and plans how to check its verdict. `state` is for histories that recorded no digest of facts. */
export async function packRelease(release: ReportRelease, state: RepositoryHistory | null, source: PackSource): Promise<PackedCheck> {
  const refuse = (why: string): PackedCheck => ({ release, plan: skip(why), keys: NO_KEYS });
  const policy = await policyOf(release, source);
  const facts = await factsOf(release, state, source);
  if (typeof facts === "string") return refuse(release.verdict === "signed" ? WHY[facts] : release.state);
  if (policy === null) return refuse("policy not kept");
  const plan = planCheck(release, facts.found, policy.policy);
  const isBare = plan.kind === "skip" && plan.why === NOT_RECORDED && facts.gap !== null;
  return { release, plan: isBare ? skip(WHY[facts.gap]) : plan, keys: policy.keys };
}

const WHY = { "not-recorded": NOT_RECORDED, missing: "evidence not kept", changed: "evidence changed in the history" } as const;

interface PackedFacts {
  /** With the bytes that are kept. */
  readonly found: ReleaseFacts;
  /** Why some payloads or bundles are absent; null if none are. */
  readonly gap: GapKind | null;
}

/** Loads the facts of a release and adds them with their manifests, payloads, bundles and signatures, or returns why it cannot. */
async function factsOf(
  { repository, tag, digest, basis }: ReportRelease,
  state: RepositoryHistory | null,
  { store, shelf, gaps }: PackSource,
): Promise<PackedFacts | GapKind | "not-recorded"> {
  const latest = state?.tags.get(tag);
  const named = basis.facts ?? (latest?.timeline.at(-1)?.digest === digest ? latest?.facts : undefined);
  if (named === undefined) return "not-recorded";
  const of = `of ${repository}:${tag}`;
  const bytes = await gaps.find(store, named, `what was found out ${of}`);
  if (typeof bytes === "string") return bytes;
  const recorded = parseRecordedFacts(bytes);
  if (recorded === null || recorded.digest !== digest) return "not-recorded";
  shelf.addEvidence(named, bytes);
  const contents = new Map<Digest, Uint8Array>();
  let gap: GapKind | null = null;
  const layDown = async (part: Digest, what: string): Promise<Uint8Array | GapKind> => {
    const content = await gaps.find(store, part, `${what} ${of}`);
    if (typeof content !== "string") shelf.addEvidence(part, content);
    return content;
  };
  for (const layer of layersOf(recorded)) {
    const content = await layDown(layer, "a payload, bundle or envelope");
    if (typeof content === "string") gap = content;
    else contents.set(layer, content);
  }
  for (const manifest of signatureManifestsOf(recorded)) await layDown(manifest, "a signature manifest");
  for (const { annotations } of recorded.targets.flatMap(({ facts }) => candidatesOf(facts.answers))) {
    const signature = annotations[COSIGN_SIGNATURE] ?? "";
    if (signature !== "") shelf.addEvidence(digestOf(signature), new TextEncoder().encode(signature));
  }
  return { found: withBytes(recorded, contents), gap };
}

async function policyOf({ basis: { epoch } }: ReportRelease, source: PackSource): Promise<PackedPolicy | null> {
  if (!isDigest(epoch)) return null;
  const known = source.policies.get(epoch);
  if (known !== undefined) return known;
  const packed = await packPolicy(epoch, source);
  source.policies.set(epoch, packed);
  return packed;
}
