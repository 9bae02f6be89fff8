import { nameOfPredicate } from "../verification/form/provenance.ts";

/** Somebody who verifiably signed a release. */
export interface ObservedSigner {
  readonly evidence: "signature" | "attestation";
  readonly subject: string;
  readonly issuer: string;
  /** The claims that the certificate names: repository, ref, workflow, trigger. */
  readonly claims: Readonly<Record<string, string>>;
  /** Of an attestation; null for a signature. */
  readonly predicateType: string | null;
  /** The name, in the watch list, of the root under which it verified. */
  readonly trustedRoot: string;
}

export interface ObservedRelease {
  readonly tag: string;
  readonly signers: readonly ObservedSigner[];
  /** What is there but could not be verified under a root, such as signatures by key. */
  readonly others: readonly string[];
  /** True if a signature by key is among them. */
  readonly byKey: boolean;
  /** True if something could not be read or a root is missing, so that there may be more than was seen. */
  readonly unknown: boolean;
  /** Why nothing verified, in one sentence. */
  readonly otherwise: string;
}

/** A signer as the watch list writes it. */
interface ProposedSigner {
  readonly issuer: string;
  readonly subject: string;
  readonly github: Readonly<Record<string, string>>;
  readonly trustedRoot: string;
  /** Tags whose releases it signed. */
  readonly satisfied: readonly string[];
}

export interface ProposedPolicy {
  readonly accept: "signature" | "attestation";
  /** The predicate to require, in the watch list's word, if all attestations have the same; else null. */
  readonly predicate: string | null;
  readonly signers: readonly ProposedSigner[];
  /** Tags that the policy does not satisfy, with what was found. */
  readonly unsatisfied: readonly UnsatisfiedRelease[];
  readonly looked: number;
}

interface UnsatisfiedRelease {
  readonly tag: string;
  readonly found: string;
  readonly byKey: boolean;
}

/**
 * Proposes the narrowest policy that the observed releases satisfy: exact subjects in which only the release's own tag varies, every claim
 * that all releases share, and as few signers as cover them all. It is never wider than what was seen. Null if nobody can be named.
 */
export function proposePolicy(releases: readonly ObservedRelease[]): ProposedPolicy | null {
  const [signatures, attestations] = [cover(releases, "signature"), cover(releases, "attestation")];
  const accept =
    satisfiedBy(signatures).size > 0 && satisfiedBy(signatures).size >= satisfiedBy(attestations).size ? "signature" : "attestation";
  const signers = accept === "signature" ? signatures : attestations;
  if (signers.length === 0) return null;
  const satisfied = satisfiedBy(signers);
  const rest = releases.filter(({ tag }) => !satisfied.has(tag));
  const predicate = accept === "attestation" ? commonPredicate(releases, signers) : null;
  return { accept, predicate, signers, unsatisfied: rest.map(describeUnsatisfied), looked: releases.length };
}

function satisfiedBy(signers: readonly ProposedSigner[]): Set<string> {
  return new Set(signers.flatMap(({ satisfied }) => [...satisfied]));
}

/** Returns the one predicate of all attestations that the signers made, or null. */
function commonPredicate(releases: readonly ObservedRelease[], signers: readonly ProposedSigner[]): string | null {
  const made = releases.flatMap(({ tag, signers: seen }) =>
    seen.filter(
      (signer) =>
        signer.evidence === "attestation" &&
        signers.some(({ issuer, subject }) => issuer === signer.issuer && subject === templateOf(signer.subject, tag)),
    ),
  );
  const predicates = new Set(made.map(({ predicateType }) => (predicateType === null ? null : nameOfPredicate(predicateType))));
  const [only = null, ...others] = predicates;
  return others.length === 0 ? only : null;
}

function describeUnsatisfied({ tag, signers, others, otherwise, byKey }: ObservedRelease): UnsatisfiedRelease {
  const named = signers.map(({ evidence, subject }) => `${evidence} by ${subject}`);
  return { tag, found: [...new Set([...named, ...others])].join("; ") || otherwise, byKey };
}

/** Returns few signers that satisfy every release which anybody satisfies, the one that satisfies most first. */
function cover(releases: readonly ObservedRelease[], evidence: ObservedSigner["evidence"]): ProposedSigner[] {
  const candidates = groupSigners(releases, evidence);
  const chosen: ProposedSigner[] = [];
  const satisfied = new Set<string>();
  for (;;) {
    const gain = ({ satisfied: tags }: ProposedSigner): number => tags.filter((tag) => !satisfied.has(tag)).length;
    const best = candidates.toSorted((left, right) => gain(right) - gain(left))[0];
    if (best === undefined || gain(best) === 0) return chosen;
    chosen.push(best);
    for (const tag of best.satisfied) satisfied.add(tag);
  }
}

interface Sighting {
  readonly tag: string;
  readonly signer: ObservedSigner;
}

function groupSigners(releases: readonly ObservedRelease[], evidence: ObservedSigner["evidence"]): ProposedSigner[] {
  const groups = new Map<string, Sighting[]>();
  for (const { tag, signers } of releases) {
    for (const signer of signers.filter((candidate) => candidate.evidence === evidence)) {
      const subject = templateOf(signer.subject, tag);
      const key = JSON.stringify([signer.issuer, subject, signer.trustedRoot, signer.claims["repository"] ?? null]);
      groups.set(key, [...(groups.get(key) ?? []), { tag, signer }]);
    }
  }
  return [...groups.values()].map((sightings) => {
    const { tag, signer } = sightings[0]!;
    const satisfied = [...new Set(sightings.map((sighting) => sighting.tag))];
    return {
      issuer: signer.issuer,
      subject: templateOf(signer.subject, tag),
      github: commonClaims(sightings),
      trustedRoot: signer.trustedRoot,
      satisfied,
    };
  });
}

/** Returns the claims that are the same in all, apart from the release's own tag. */
function commonClaims(sightings: readonly Sighting[]): Record<string, string> {
  const { tag: firstTag, signer: first } = sightings[0]!;
  const common = Object.entries(first.claims).flatMap(([name, value]) => {
    const template = templateOf(value, firstTag);
    const same = sightings.every(({ tag, signer }) => templateOf(signer.claims[name] ?? "", tag) === template);
    return same ? [[name, template] as const] : [];
  });
  return Object.fromEntries(common);
}

/** Puts a placeholder for the tag or its version at the end of a text: `v1.2.3` has no `{version}` of the tag `2.3`. */
function templateOf(text: string, tag: string): string {
  const version = tag.replace(/^v/, "");
  for (const [ending, placeholder] of [
    [tag, "{tag}"],
    [version, "{version}"],
  ] as const) {
    if (ending === "" || !text.endsWith(ending)) continue;
    const before = text.slice(0, -ending.length);
    if (!/[\d.]$/.test(before)) return `${before}${placeholder}`;
  }
  return text;
}
