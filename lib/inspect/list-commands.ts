import type { Candidate } from "../discovery/candidate.ts";
import type { Digest } from "../oci/digest.ts";
import type { CandidateResult, SigningProof } from "../verification/candidate-result.ts";
import { fillTemplate } from "../verification/identity/fill-template.ts";
import { isPredicate } from "../verification/form/provenance.ts";
import { publicToolCommand, type PublicToolCommand, type ShownEvidence } from "../verification/public-tool-command.ts";
import type { Signer, WatchedRepository } from "../watchlist/watch-list.ts";
import type { CommandDocument } from "../audit/audit-document.ts";
import type { JudgedRelease } from "../audit/judge/judge-release.ts";

/** The most that a person reads. */
const COMMANDS_LIMIT = 6;

/**
 * Returns commands of public tools that show a judgement: one for each signer whose signature verified; one for each signer of the policy,
 * if those do not satisfy it; and one for each attestation that is required, or is there and did not verify. `names` are what `{tag}` stood
 * for.
 */
export function listCommands(
  watched: WatchedRepository,
  digest: Digest,
  judged: JudgedRelease,
  names: readonly string[],
): CommandDocument[] {
  const { signers, require } = watched.policy;
  const [name = null] = names;
  const bySigner = (signer: Signer, evidence: ShownEvidence | null): PublicToolCommand | null =>
    publicToolCommand({ ...watched, policy: { ...watched.policy, signers: [signer] } }, digest, name, evidence);

  const verified = judged.results.filter((result) => result.kind === "verified");
  const shown = verified.map((result) => {
    const signer = signers.find((candidate) => candidate.name === result.signer.signer);
    const evidence = { candidate: candidateOf(result, judged), predicateType: result.predicateType, signer: result.signer.signer };
    return publicToolCommand(watched, digest, nameOf(signer, result.proof, names), evidence);
  });
  const asked = judged.verdict.verdict === "signed" && shown.length > 0 ? [] : signers.map((signer) => bySigner(signer, null));
  const required = require
    .filter(({ predicate }) => !judged.results.some((result) => isPredicate(typeOf(result), predicate)))
    .flatMap(({ predicate }) =>
      signers.map((signer) => bySigner(signer, { candidate: null, predicateType: predicate, signer: signer.name })),
    );
  const refused = judged.results.flatMap((result) => {
    const predicateType = result.kind === "verified" ? null : typeOf(result);
    if (predicateType === null) return [];
    return signers.map((signer) => bySigner(signer, { candidate: candidateOf(result, judged), predicateType, signer: signer.name }));
  });
  const commands = [...shown, ...asked, ...required, ...refused].filter((command) => command !== null);
  return [...new Map(commands.map((command) => [command.command, command])).values()].slice(0, COMMANDS_LIMIT);
}

/** Returns the predicate type of an attestation, verified or claimed. Of a claimed one, only what is safe to show in a command. */
function typeOf({ evidence, predicateType, claimedPredicateType = null }: CandidateResult): string | null {
  if (evidence !== "attestation") return null;
  const type = predicateType ?? claimedPredicateType;
  return type !== null && /^[\x21-\x7e]{1,256}$/.test(type) ? type : null;
}

function candidateOf({ artifact, place }: CandidateResult, { answers }: JudgedRelease): Candidate | null {
  const candidates = answers.flatMap((answer) => (answer.kind === "found" || answer.kind === "failed" ? answer.candidates : []));
  return candidates.find((candidate) => candidate.artifact === artifact && candidate.place === place) ?? null;
}

/** Returns the name that the verified identity has, or the first. */
function nameOf(signer: Signer | undefined, proof: SigningProof | null, names: readonly string[]): string | null {
  const [first = null] = names;
  if (signer?.kind !== "keyless" || proof === null) return first;
  const { subject, subjectPattern, github } = signer;
  const isNamed = (name: string): boolean =>
    (subject === null || fillTemplate(subject, name) === proof.identity) &&
    (subjectPattern === null || !subjectPattern.includes("{") || proof.identity.includes(name)) &&
    Object.entries(github ?? {}).every(([claim, value]) => !value.includes("{") || fillTemplate(value, name) === proof.claims[claim]);
  return names.find(isNamed) ?? first;
}
