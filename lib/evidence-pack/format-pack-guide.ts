import type { ReportModel } from "../report/report-model.ts";

/** Formats README.txt of a pack: what it is, how to verify it, and what it cannot prove. */
export function formatPackGuide({ sentence, asOf }: Pick<ReportModel, "sentence" | "asOf">): Uint8Array {
  return new TextEncoder().encode(`${sentence}

This is the evidence behind that sentence, as Sealwatch had recorded it by ${asOf}.

  report.html         the report to read; the same as report.csv, report.json and report.oscal.json (OSCAL assessment results)
  evidence/           what was read from the registries, each file under its own digest: signature manifests, payloads, signatures,
                      bundles and envelopes, and a JSON file a release of what was found where
  keys/, roots/       the public keys, certificates and trusted roots of the policies that the verdicts were given by
  MISSING.txt         only where something of that is not in the history as it was recorded: what it is, and of which release
  MANIFEST.sha256     the hash of every file: sha256sum -c MANIFEST.sha256
  verify.sh           checks every release that was signed by a public key again, with cosign 2.6 or newer and nothing else

Run it where you unpacked this, with or without a network, and keep what it prints elsewhere: a file that is not of this pack counts as one
that somebody put there.

  sh verify.sh

It prints a line a release and ends with how many were verified, failed and not checked: 0 if nothing failed, 1 if something did, 2 if it
could not work. COSIGN=/path/to/cosign sh verify.sh takes another cosign. Whoever can write here can write the script and the hashes as
well: keep a hash of the archive where others cannot.

What it shows: a key of keys/ made the recorded signature, over bytes that name the digest of the release, for as many signers as the policy
demands. Where a policy demands more, a release counts as verified in part, and its line says what no key can show: annotations, required
attestations, entries of the transparency log, that a key counted only up to a time, or that the images which were signed are the platforms
of the release.

What it does not: keyless signatures and those by certificates, of which bundles and roots are here to be checked by other means; and that
a release which was unsigned had no signature, since what is not there leaves no evidence. They count as not checked. Whether the keys are
yours is for you to compare.
`);
}
