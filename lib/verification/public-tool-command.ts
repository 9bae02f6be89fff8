import type { Candidate } from "../discovery/candidate.ts";
import type { Digest } from "../oci/digest.ts";
import type { KeySigner, WatchedRepository } from "../watchlist/watch-list.ts";

/** What shows the same without Sealwatch: a tool with its least version, and the whole command line. */
export interface PublicToolCommand {
  readonly tool: string;
  readonly command: string;
}

/** The first release of cosign that reads bundles and simple signatures with the same command. */
const TOOL = "cosign >= 3.0.2";
const PREDICATE_TYPE_OF_ANY_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

/**
 * The cosign command that judges a digest by one key of the policy, or null where the key is one that cosign cannot be given.
 *
 * `evidence` is the candidate that the verdict rests on, where there is one: cosign looks for its experimental referrers,
 * and for attestations, only when told to. A key that stands in the watch list itself is to be saved as `<signer>.pub` first.
 * Every argument is quoted for a POSIX shell.
 */
export function publicToolCommand(
  watched: Pick<WatchedRepository, "repository" | "signatureRepository" | "tagPrefix" | "policy">,
  digest: Digest,
  evidence: { readonly candidate: Pick<Candidate, "form" | "place">; readonly predicateType: string | null } | null,
): PublicToolCommand | null {
  const signer = watched.policy.signers.find((candidate): candidate is KeySigner => candidate.kind === "key");
  if (!signer) return null;
  const attested = evidence !== null && evidence.predicateType !== null && evidence.predicateType !== PREDICATE_TYPE_OF_ANY_SIGNATURE;
  const words = ["cosign", attested ? "verify-attestation" : "verify", "--key", keyFile(signer)];
  if (watched.policy.transparencyLog === "none") words.push("--insecure-ignore-tlog=true");
  if (attested) words.push("--type", evidence.predicateType);
  if (evidence?.candidate.form === "simple-signing" && evidence.candidate.place.startsWith("referrers")) words.push("--experimental-oci11");
  if (watched.tagPrefix !== "") words.push("--attachment-tag-prefix", watched.tagPrefix);
  for (const [name, value] of Object.entries(watched.policy.annotations)) words.push("-a", `${name}=${value}`);
  words.push(`${watched.repository.name}@${digest}`);
  const command = words.map(quoteArgument).join(" ");
  if (watched.signatureRepository === null) return { tool: TOOL, command };
  return { tool: TOOL, command: `COSIGN_REPOSITORY=${quoteArgument(watched.signatureRepository.name)} ${command}` };
}

function keyFile(signer: KeySigner): string {
  return signer.source.includes("-----BEGIN") ? `${signer.name}.pub` : signer.source;
}

/** One argument of a POSIX shell: as it is where no character of it means anything, else in single quotes. */
export function quoteArgument(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
