import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decideTarget, type TargetFacts } from "../../lib/audit/judge/decide.ts";
import type { Inquiry } from "../../lib/audit/judge/inquiry.ts";
import { judgeRelease } from "../../lib/audit/judge/judge-release.ts";
import { createOrphans } from "../../lib/audit/judge/orphans.ts";
import { openPlaces } from "../../lib/discovery/open-places.ts";
import { createReferrersCapability } from "../../lib/discovery/referrers-capability.ts";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import type { Verdict } from "../../lib/history/verdict.ts";
import { digestOf, isDigest, type Digest } from "../../lib/oci/digest.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import { findSigners } from "../../lib/verification/find-signers.ts";
import type { VerificationContext } from "../../lib/verification/verification-context.ts";
import { VerificationMemo } from "../../lib/verification/verification-memo.ts";
import { readEvidence } from "../../lib/verification/form/forms.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { watchBySigner } from "../../lib/watchlist/watch-by-signer.ts";
import { candidatesOfCase } from "./case-candidates.ts";
import { policyOfCase, trustOfCase } from "./case-policy.ts";
import { serveCase } from "./case-registry.ts";
import type { CorpusCase } from "./corpus-case.ts";

export interface Judgement {
  readonly got: "valid" | "invalid" | "unsigned" | "unsupported";
  readonly reason: string;
}

/** Judges one case with the code of an audit, from what the case gives and nothing else. */
export async function judgeCase(folder: string, corpusCase: CorpusCase, clients: RegistryClients): Promise<Judgement> {
  const { form, trust } = corpusCase;
  if (form === "gpg" || form === "notation" || trust.gpg !== undefined || trust.notation !== undefined)
    return { got: "unsupported", reason: "GPG and Notation are not verified yet" };
  try {
    if (form === "layout" || form === "listing") return told(await judgeServed(folder, corpusCase, clients));
    return corpusCase.subject.any === true ? judgeUnbound(folder, corpusCase) : told(judgeFiles(folder, corpusCase));
  } catch (error) {
    // Keys, roots and evidence that cannot be loaded are the watch list's errors in an audit.
    return { got: "invalid", reason: error instanceof Error ? error.message : String(error) };
  }
}

function told({ verdict, reason, explanation }: Verdict): Judgement {
  const got = ({ signed: "valid", unsigned: "unsigned" } as const)[verdict as "signed" | "unsigned"] ?? "invalid";
  return { got, reason: `${reason === null ? "" : `${reason}: `}${explanation}` };
}

function contextOf(folder: string, corpusCase: CorpusCase, target: Digest, artifact: Uint8Array | null): VerificationContext {
  const now = Date.parse(corpusCase.now ?? "2026-11-21T00:00:00Z");
  return {
    target,
    artifact,
    names: [],
    policy: policyOfCase(folder, corpusCase),
    trust: trustOfCase(folder, corpusCase),
    memo: new VerificationMemo(),
    now,
    firstSeen: now,
  };
}

function judgeFiles(folder: string, corpusCase: CorpusCase): Verdict {
  const { file, manifest, digest } = corpusCase.subject;
  const path = file ?? manifest;
  const artifact = path === undefined ? null : readFileSync(join(folder, path));
  const target = artifact === null ? digest : digestOf(artifact);
  if (!isDigest(target)) throw new Error("the subject is no digest");
  const context = contextOf(folder, corpusCase, target, artifact);
  const candidates = candidatesOfCase(folder, corpusCase, target);
  const results = candidates.flatMap((candidate) => verifyCandidate(candidate, context));
  const answer = { place: "cosign-tag", kind: "found", candidates, unread: 0, detail: "as given" } as const;
  const facts: TargetFacts = { answers: [answer], results, signedPlatform: null, orphan: null };
  return decideTarget(facts, { policy: context.policy, unsupported: [], cache: null, withinGrace: false });
}

/** Only who signed: what is signed is bound to nothing, and need not be a statement. */
function judgeUnbound(folder: string, corpusCase: CorpusCase): Judgement {
  const candidates = candidatesOfCase(folder, corpusCase, digestOf(""));
  let best: Judgement = { got: "unsigned", reason: "no evidence of the kind asked for" };
  for (const candidate of candidates) {
    const context = contextOf(folder, corpusCase, statedDigest(candidate) ?? digestOf(""), null);
    const read = readEvidence(candidate, context);
    if (read.kind === "unusable") best = { got: "invalid", reason: read.detail };
    for (const item of read.kind === "read" ? read.items : []) {
      if ("kind" in item) {
        best = { got: "invalid", reason: item.detail };
        continue;
      }
      const isStatement = item.evidence.envelope === null || item.predicateType !== null;
      if (isStatement && item.evidence.evidence !== corpusCase.accept) continue;
      const search = findSigners(item.evidence, context);
      if (search.kind === "found") return { got: "valid", reason: "verified, bound to nothing" };
      best = { got: "invalid", reason: search.detail };
    }
  }
  return best;
}

/** The digest that a message signature says to be over. */
function statedDigest({ content }: Candidate): Digest | null {
  if (content.kind !== "bytes") return null;
  try {
    const { messageSignature } = JSON.parse(Buffer.from(content.bytes).toString("utf8")) as {
      messageSignature?: { messageDigest?: { digest?: string } };
    };
    const stated = `sha256:${Buffer.from(messageSignature?.messageDigest?.digest ?? "", "base64").toString("hex")}`;
    return isDigest(stated) ? stated : null;
  } catch {
    return null;
  }
}

async function judgeServed(folder: string, corpusCase: CorpusCase, clients: RegistryClients): Promise<Verdict> {
  const registry = await serveCase(folder, corpusCase);
  try {
    const parsed = parseRepository(`${registry.host}/${registry.repository}`);
    if (parsed.kind === "malformed") throw new Error(parsed.detail);
    const { policy, trust, now, firstSeen } = contextOf(folder, corpusCase, registry.target, null);
    const watched = { ...watchBySigner(parsed.repository, policy.signers[0]!), policy };
    const client = clients.of(parsed.repository);
    const main = { client, list: await client.listTags(), referrersApi: createReferrersCapability(client, false) };
    const inquiry: Inquiry = {
      watched,
      names: [],
      trust,
      memo: new VerificationMemo(),
      main,
      places: await openPlaces(watched, { main, openRepository: () => Promise.reject(new Error("a case has one repository")) }),
      verified: new Set(),
      recorded: new Set(),
      gone: new Set(),
      cache: null,
      recordedPlaces: new Set(),
      firstTime: true,
      everything: true,
      diagnose: corpusCase.trace === undefined,
      orphans: createOrphans(new Set([registry.target])),
      now,
      firstSeen,
    };
    return (
      await judgeRelease({ digest: registry.target, watched, tags: [], inquiry, recallable: null, standing: null, withinGrace: false })
    ).verdict;
  } finally {
    await registry.close();
  }
}
