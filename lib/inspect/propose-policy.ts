import { nameOfPredicate } from "../verification/form/provenance.ts";

/** Somebody who verifiably signed a release. */
export interface ObservedSigner {
  readonly evidence: "signature" | "attestation";
  readonly subject: string;
  readonly issuer: string;
  /** repository, ref, workflow, trigger: those that the certificate names. */
  readonly claims: Readonly<Record<string, string>>;
  /** Of an attestation; null for a signature. */
  readonly predicateType: string | null;
  /** The root under which it verified, as the watch list is to call it. */
  readonly trustedRoot: string;
}

export interface ObservedRelease {
  readonly tag: string;
  readonly signers: readonly ObservedSigner[];
  /** What was there and could not be verified under a root: signatures by key, for example. */
  readonly others: readonly string[];
  /** A signature by key is among them. */
  readonly byKey: boolean;
  /** Something could not be read, or a root is missing: what is there may be more than what was seen. */
  readonly unknown: boolean;
  /** Why nothing verified, in a sentence. */
  readonly otherwise: string;
}

/** A signer as the watch list writes it. */
interface ProposedSigner {
  readonly issuer: string;
  readonly subject: string;
  readonly github: Readonly<Record<string, string>>;
  readonly trustedRoot: string;
  /** Tags that it satisfies. */
  readonly satisfied: readonly string[];
}

export interface ProposedPolicy {
  readonly accept: "signature" | "attestation";
  /** What the attestations are, in the watch list's word, where all are of one kind; null where nothing is to be required. */
  readonly predicate: string | null;
  readonly signers: readonly ProposedSigner[];
  /** Tags looked at that the policy does not satisfy, with what was found. */
  readonly unsatisfied: readonly UnsatisfiedRelease[];
  readonly looked: number;
}

interface UnsatisfiedRelease {
  readonly tag: string;
  readonly found: string;
  readonly byKey: boolean;
}

/**
 * The narrowest policy that the releases seen satisfy: exact subjects, in which only the release's own tag varies, every claim that is
 * the same for all, and as few signers as cover them all. Nothing in it is wider than what was seen. Null where nobody could be named.
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

/** The one predicate of all attestations that the signers made. */
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

/** As few signers as satisfy all releases that anybody satisfies: the one that satisfies most first. */
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

/** Claims that are the same in all, the release's own tag aside. */
function commonClaims(sightings: readonly Sighting[]): Record<string, string> {
  const { tag: firstTag, signer: first } = sightings[0]!;
  const common = Object.entries(first.claims).flatMap(([name, value]) => {
    const template = templateOf(value, firstTag);
    const same = sightings.every(({ tag, signer }) => templateOf(signer.claims[name] ?? "", tag) === template);
    return same ? [[name, template] as const] : [];
  });
  return Object.fromEntries(common);
}

/**
 * Text that ends with the release's tag, or with its version, with a placeholder for it. Only at the end, where refs have it, and only
 * as a whole: `v1.2.3` is no `{version}` of the tag `2.3`.
 */
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
