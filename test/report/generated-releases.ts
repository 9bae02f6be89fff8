import type { Finding, Observation } from "../../lib/history/state.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { parseRepository, type Repository } from "../../lib/oci/reference.ts";
import type { Exemption, WatchList } from "../../lib/watchlist/watch-list.ts";
import { watch, watchList } from "../audit/night.ts";
import { SIGNER } from "../history/examples.ts";
import type { Chance } from "./chance.ts";

/** A release as it is in a made-up registry, and what is recorded of it. */
export interface Release {
  readonly tag: string;
  digest: Digest;
  signing: "signed" | "unsigned" | "untrusted";
  present: boolean;
  version: number;
  observed: string;
  open: Finding | null;
}

/** What a run sees of a release; null where it neither sees nor misses it. */
export function observe(
  release: Release,
  name: string,
  run: string,
  listed: boolean,
  exemption: Exemption,
  at: number,
): Observation | null {
  const base = {
    run,
    tag: release.tag,
    digest: release.digest,
    reason: null,
    signers: [],
    artifacts: [],
    policy: "release",
    epoch: "e",
    exemption: null,
  } as const;
  if (release.observed === "" && (!listed || !release.present)) return null;
  if (!release.present && listed) return { ...base, verdict: null, policy: null };
  // What is known to be gone is not missed by a list that broke off; what went since is.
  if (!listed && release.observed.includes('"verdict":null')) return null;
  const isExempt = name === exemption.repository && release.tag.startsWith("v0.") && at <= exemption.until;
  const { reason, owner, ticket } = exemption;
  const rule = isExempt ? { reason, owner, ticket, until: new Date(exemption.until).toISOString() } : null;
  if (!listed) return { ...base, verdict: "unknown", reason: "timeout", exemption: rule };
  if (release.signing === "signed")
    return { ...base, verdict: "signed", signers: [{ ...SIGNER, signer: `key-${release.digest.charCodeAt(8) % 3}` }], exemption: rule };
  return {
    ...base,
    verdict: release.signing,
    reason: release.signing === "unsigned" ? "nothing-found" : "unexpected-signer",
    exemption: rule,
  };
}

/** What happens to a repository in a day. */
export function live(chance: Chance, name: string, releases: Release[], night: number, growth: number): void {
  const count = Math.floor(growth) + (chance.below(1000) < (growth % 1) * 1000 ? 1 : 0);
  releases.push(...newReleases(chance, name, night, count));
  for (const release of releases) {
    if (!release.present) {
      if (chance.below(40) === 0) release.present = true;
      continue;
    }
    if (release.signing !== "signed") {
      const isExempt = name.endsWith("app-01") && release.tag.startsWith("v0.");
      if (chance.below(3) === 0 && !isExempt) release.signing = "signed";
      continue;
    }
    const event = chance.below(2000);
    if (event === 0) release.present = false;
    if (event === 1) release.signing = "unsigned";
    if (event === 2) Object.assign(release, { digest: newDigest(chance), signing: chance.below(2) === 0 ? "signed" : "untrusted" });
  }
}

/** Releases of one night, most of them signed. */
export function newReleases(chance: Chance, name: string, night: number, count: number): Release[] {
  return Array.from({ length: count }, (_, at) => ({
    tag: `v${night}.${at}.${name.length % 10}`,
    digest: newDigest(chance),
    signing: chance.below(night === 0 ? 30 : 15) === 0 ? ("unsigned" as const) : ("signed" as const),
    present: true,
    version: 0,
    observed: "",
    open: null,
  }));
}

function newDigest(chance: Chance): Digest {
  return `sha256:${Array.from({ length: 64 }, () => "0123456789abcdef"[chance.below(16)]).join("")}`;
}

/** An id of a finding. */
export function newId(chance: Chance): string {
  return Array.from({ length: 8 }, () => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[chance.below(32)]).join("");
}

/** An exemption of the versions of the first night. */
export function exemptionOf(repository: string, until: number): Exemption {
  return { repository, tags: ["v0.*"], reason: "end of life", owner: "platform@acme.example", ticket: "SEC-12", until };
}

/** A watch list of these repositories. */
export function watchListOf(names: readonly string[], exemption: Exemption): WatchList {
  const repositories = names.map((name) => watch(nameOf(name).name, "", {}));
  return { ...watchList(...repositories), exemptions: [exemption], controls: ["sr-4.3"] };
}

function nameOf(name: string): Repository {
  const parsed = parseRepository(name);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.repository;
}
