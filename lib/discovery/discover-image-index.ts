import { shortDigest, type Digest } from "../oci/digest.ts";
import type { Failure } from "../registry/answer.ts";
import type { RepositoryClient } from "../registry/repository-client.ts";
import { failedReply } from "./reply.ts";
import { listIndexEntries } from "./index-entries.ts";
import type { Diagnosis, DiagnosingPlace, DigestBelow } from "./place.ts";

/**
 * The inside of a bare index: BuildKit's attestation manifests (unsigned by themselves, their referrers may be signed), and platforms
 * that are signed although the index is not. Neither makes the index signed; both say what went wrong.
 */
export const IMAGE_INDEX = {
  kind: "diagnosing",
  name: "image-index",
  settings: [],
  open: (_watched, { main }) => ({ diagnose: (target, judgeBelow) => diagnoseIndex(main.client, target, judgeBelow) }),
} as const satisfies DiagnosingPlace;

async function diagnoseIndex(
  client: RepositoryClient,
  target: Digest,
  judgeBelow: (digest: Digest) => Promise<DigestBelow>,
): Promise<Diagnosis> {
  const entries = await listIndexEntries(client, target, { missing: "skip" });
  if (entries.failure !== null) return { reply: failedReply(entries.failure), statements: [], signedPart: null };
  if (!entries.isIndex)
    return { reply: { kind: "notApplicable", detail: "a single manifest, no index" }, statements: [], signedPart: null };

  let failure: Failure | null = null;
  let signedPart: Digest | null = null;
  const statements: Diagnosis["statements"][number][] = [];
  for (const platform of entries.platforms) {
    const child = await judgeBelow(platform);
    failure ??= child.failure;
    if (child.satisfiesPolicy) signedPart ??= platform;
  }
  for (const attestation of entries.attestations) {
    const child = await judgeBelow(attestation);
    failure ??= child.failure;
    statements.push({ artifact: attestation, isSigned: child.isSigned, detail: describeStatement(attestation, child.isSigned) });
  }
  if (failure !== null) return { reply: failedReply(failure), statements, signedPart };
  const detail = `${entries.platforms.length} platforms, ${entries.attestations.length} attestation manifests`;
  const reply =
    entries.attestations.length > 0
      ? ({ kind: "found", candidates: [], unread: 0, detail } as const)
      : ({ kind: "nothing", detail } as const);
  return { reply, statements, signedPart };
}

function describeStatement(artifact: Digest, isSigned: boolean): string {
  return `attestation manifest ${shortDigest(artifact)} inside the index, ${isSigned ? "signed" : "not signed"}`;
}
