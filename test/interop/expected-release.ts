import { readFileSync } from "node:fs";

/** One line of test/fixtures/EXPECTED.tsv: a release, how it was made, and what is true of it. */
export interface ExpectedRelease {
  readonly scenario: string;
  readonly tag: string;
  readonly digest: string;
  /** Where its signature is, null where there is none. */
  readonly place: string | null;
  readonly key: string;
  readonly verdict: string;
  readonly reason: string | null;
}

/** Reads the table; the header is left out. */
export function readExpectedReleases(path: string): ExpectedRelease[] {
  const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [scenario, tag, digest, place, key, verdict, reason] = line.split("\t");
    if (reason === undefined) throw new Error(`${path}: "${line}" has too few columns`);
    return { scenario: scenario!, tag: tag!, digest: digest!, place: orNull(place!), key: key!, verdict: verdict!, reason: orNull(reason) };
  });
}

/**
 * What is true of a release after it was loaded into a registry with or without the referrers API, for a policy of one key.
 *
 * A registry without the API takes a referrer and shows it to nobody: the signature is then really out of everyone's reach.
 * Notation's signatures are seen, but this version has no signer that could verify them.
 */
export function expectIn(release: ExpectedRelease, registry: { referrersApi: boolean }): { verdict: string; reason: string | null } {
  if (release.place === "referrers-api" && !registry.referrersApi) return { verdict: "unsigned", reason: "nothing-found" };
  if (release.key.startsWith("notation") && release.verdict === "signed") return { verdict: "untrusted", reason: "unverifiable" };
  return { verdict: release.verdict, reason: release.reason };
}

function orNull(cell: string): string | null {
  return cell === "-" ? null : cell;
}
