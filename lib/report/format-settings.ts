import type { Exemption, Policy, Signer, TagSelection } from "../watchlist/watch-list.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";

/** Describes a tag selection: `include v*; newest 50`. */
export function formatTags({ include, exclude, semver, newest, moving }: TagSelection): string {
  const parts = [
    include !== null && `include ${include.join(", ")}`,
    exclude.length > 0 && `exclude ${exclude.join(", ")}`,
    semver !== null && `semver ${semver}`,
    newest !== null && `newest ${newest}`,
    moving !== null && `moving ${moving.join(", ")}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "version tags and the usual moving ones" : parts.join("; ");
}

/** Describes a signer of a policy: `release-key (key release.pub)`. */
export function formatSigner(signer: Signer): string {
  const { name } = signer;
  switch (signer.kind) {
    case "key":
      return `${name} (key ${signer.source.startsWith("-----") ? "written out" : signer.source})`;
    case "keyless":
      return `${name} (${signer.subject ?? signer.subjectPattern ?? "any subject"}, issuer ${signer.issuer ?? "any"})`;
    default:
      return `${name} (${signer.kind})`;
  }
}

/** Describes an exemption: `tags 1.*: EOL, allowed by platform until 2027-01-31`. */
export function formatExemption({ tags, reason, owner, ticket, until }: Exemption): string {
  const end = new Date(until).toISOString().slice(0, 10);
  return `tags ${tags.join(", ")}: ${reason}, allowed by ${owner}${ticket === null ? "" : ` (${ticket})`} until ${end}`;
}

/** Lists the other settings of a watch list entry under their names in the watch list. */
export function listSettings(entry: WatchListDocument["repositories"][number]): Readonly<Record<string, string>> {
  return {
    policy: entry.policy.name,
    owner: entry.owner ?? "nobody",
    target: entry.target,
    signedSince: entry.signedSince ?? "not set",
    signatureRepository: entry.signatureRepository ?? "not set",
    tagPrefix: entry.tagPrefix === "" ? "not set" : entry.tagPrefix,
    lookaside: entry.lookaside ?? "not set",
    grace: `${entry.graceSeconds} s`,
    recheck: entry.recheck.kind === "nightly" ? "nightly" : `rolling, ${entry.recheck.nights} nights`,
    unknownFor: `${entry.unknownForSeconds / 3600} h`,
  };
}

/** Lists the other demands of a policy under their names in the watch list. */
export function listDemands(policy: Policy): Readonly<Record<string, string>> {
  const annotations = Object.entries(policy.annotations).map(([name, value]) => `${name}=${value}`);
  return {
    threshold: String(policy.threshold),
    transparencyLog: policy.transparencyLog,
    annotations: annotations.length === 0 ? "none" : annotations.join(", "),
    accept: policy.accept.join(", "),
    require: policy.require.length === 0 ? "nothing" : policy.require.map(({ predicate }) => predicate).join(", "),
  };
}
