import type { ObservedRepository } from "../../lib/inspect/observe-signers.ts";
import type { ObservedRelease, ProposedPolicy } from "../../lib/inspect/propose-policy.ts";
import type { Repository } from "../../lib/oci/reference.ts";
import type { Proposal } from "../../lib/watchlist/propose/add-proposal.ts";

/** Describes, line by line, what was seen of a repository and what follows from it. `unusable` says what is wrong with roots. */
export function describeObservedRepository(
  { name }: Repository,
  policy: ProposedPolicy | null,
  { releases, unresolved, failure }: ObservedRepository,
  unusable: readonly string[],
): string[] {
  if (failure !== null) return [`${name}: ${failure}`];
  const unread = unresolved.map(({ tag, detail }) => `  not looked at: ${tag} (${detail})`);
  if (releases.length === 0 && unread.length === 0) return [`${name}: no release tags, so there is nothing to propose`];
  if (policy !== null) return [...describePolicy(name, policy), ...unread];
  if (releases.length === 0) return [`${name}: no release could be looked at, so there is nothing to propose`, ...unread];
  const found = releases.map(({ tag, others, otherwise, unknown }) => `  ${tag}: ${unknown ? otherwise : (others[0] ?? otherwise)}`);
  return [`${name}: ${describeNobody(releases, unusable)}`, ...found, ...unread];
}

function describeNobody(releases: readonly ObservedRelease[], unusable: readonly string[]): string {
  const unknown = releases.filter((release) => release.unknown).length;
  if (unknown > 0 && unusable.length > 0) return `${unusable.join("; ")}. Until then it cannot be seen who signed`;
  if (unknown > 0) return `of ${unknown} of ${releases.length} releases it could not be learned who signed, and nobody else can be named`;
  if (isByKeyOnly(releases)) {
    const count = releases.filter(({ byKey }) => byKey).length;
    return `${count} of ${releases.length} releases are signed by key: put the public key's file in place of FILE`;
  }
  const foreign = releases.some(({ others }) => others.some((detail) => detail.includes("authority that the trusted root does not name")));
  const hint = foreign ? "; for a private Sigstore name its trusted_root.json by --trusted-root FILE" : "";
  return `none of ${releases.length} releases is signed by anybody who can be named${hint}`;
}

function describePolicy(name: string, policy: ProposedPolicy): string[] {
  const satisfied = policy.looked - policy.unsatisfied.length;
  const byKey = policy.unsatisfied.filter((release) => release.byKey).length;
  const hint = `  ${byKey} of ${policy.looked} releases are not satisfied but signed by key: add - key: FILE to signers if that key may sign, too`;
  return [
    `${name}: ${satisfied} of ${policy.looked} releases satisfy the proposed policy`,
    ...remarksOf(policy).map((line) => `  ${line}`),
    ...policy.unsatisfied.map(({ tag, found }) => `  not satisfied: ${tag} (${found})`),
    ...(byKey === 0 ? [] : [hint]),
  ];
}

/** Reports whether only signatures by key were seen, and everything could be read. */
export function isByKeyOnly(releases: readonly ObservedRelease[]): boolean {
  return releases.some(({ byKey }) => byKey) && releases.every(({ signers, unknown }) => signers.length === 0 && !unknown);
}

/** Says how often the demands of the policy were seen. */
function remarksOf({ signers, accept, looked }: ProposedPolicy): string[] {
  const bound = signers.flatMap(({ subject, satisfied }) => {
    const ref = /@(?<ref>[^@]*\{(?<what>tag|version)\})$/.exec(subject)?.groups;
    return ref === undefined
      ? [`${subject}: ${satisfied.length} of ${looked} releases`]
      : [`${ref["ref"]}: ${satisfied.length} of ${looked} releases name their own ${ref["what"]}`];
  });
  return accept === "attestation" ? [...bound, "only attestations are there, no signatures: accept: [attestation]"] : bound;
}

/** Formats the policy for the watch list. */
export function formatProposal(repository: Repository, policy: ProposedPolicy): Proposal {
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
  const attested = policy.predicate === null ? {} : { require: [{ predicate: policy.predicate }] };
  return {
    name: nameOf(repository),
    comments,
    policy: policy.accept === "signature" ? { signers } : { signers, accept: ["attestation"], ...attested },
    repositories: [repository.name],
  };
}

/** Formats a policy that the owner of a key must complete, because no signature says where its key is. */
export function formatSkeleton(repository: Repository, releases: readonly ObservedRelease[]): Proposal {
  const count = releases.filter(({ byKey }) => byKey).length;
  const comments = [`${count} of ${releases.length} releases looked at are signed by key: write the public key's file for FILE`];
  return { name: nameOf(repository), comments, policy: { signers: [{ key: "FILE" }] }, repositories: [repository.name] };
}

function nameOf({ name }: Repository): string {
  return name.split("/").at(-1) ?? "release";
}

/** Gives one policy to repositories whose releases the same signers made. */
export function mergeEqual(proposals: readonly Proposal[]): Proposal[] {
  const merged = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const key = JSON.stringify(proposal.policy);
    const same = merged.get(key);
    merged.set(key, same === undefined ? proposal : { ...same, repositories: [...same.repositories, ...proposal.repositories] });
  }
  return [...merged.values()];
}
