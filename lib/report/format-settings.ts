import type { Exemption, Policy, Signer, TagSelection } from "../watchlist/watch-list.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";

/** One sentence part about what tags are selected: `include v*; newest 50`. */
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

/** Who an entry of a policy is: `release-key (key release.pub)`. */
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

/** `tags 1.*, because EOL, by platform, until 2027-01-31`. */
export function formatExemption({ tags, reason, owner, ticket, until }: Exemption): string {
  const end = new Date(until).toISOString().slice(0, 10);
  return `tags ${tags.join(", ")}: ${reason}, allowed by ${owner}${ticket === null ? "" : ` (${ticket})`} until ${end}`;
}

/** What else an entry of the watch list says, by the names of the interface. */
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

/** What else a policy demands, by the names of the interface. */
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
