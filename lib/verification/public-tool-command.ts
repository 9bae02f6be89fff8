import type { Candidate } from "../discovery/candidate.ts";
import { REFERRERS_API } from "../discovery/discover-referrers-api.ts";
import { REFERRERS_TAG } from "../discovery/discover-referrers-tag.ts";
import type { PlaceName } from "../discovery/places.ts";
import type { Digest } from "../oci/digest.ts";
import { isWorkflowFile } from "../watchlist/select/workflow-file.ts";
import type { CertificatesSigner, KeylessSigner, KeySigner, Signer, WatchedRepository } from "../watchlist/watch-list.ts";
import { fillTemplate, fillPattern } from "./identity/fill-template.ts";

/** A command that shows the same without Sealwatch: the tool with its least version, and the command line. */
export interface PublicToolCommand {
  readonly tool: string;
  readonly command: string;
}

/** What a command is to show: the candidate on which a verdict rests, and the signer that made it. */
export interface ShownEvidence {
  /** Null if there is none. Then the command asks for what should be there. */
  readonly candidate: Pick<Candidate, "form" | "place"> | null;
  /** Of an attestation: its type, or the watch list's word for it. */
  readonly predicateType: string | null;
  readonly signer: string;
}

type Watched = Pick<WatchedRepository, "repository" | "signatureRepository" | "tagPrefix" | "policy">;

/** The first release of cosign that reads bundles and simple signatures with the same command. */
const COSIGN = "cosign >= 3.0.2";
/** Simple signatures here are what cosign calls experimental. */
const REFERRERS: ReadonlySet<PlaceName> = new Set([REFERRERS_API.name, REFERRERS_TAG.name]);
const GH = "gh >= 2.67";
const PREDICATE_TYPE_OF_ANY_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

/** Cosign's names for predicate types for which the watch list has words. */
const COSIGN_TYPES: Readonly<Record<string, string>> = {
  "slsa-provenance": "slsaprovenance1",
  spdx: "spdxjson",
  vsa: "https://slsa.dev/verification_summary/v1",
};

/**
 * Returns the cosign or gh command that judges a digest by one signer of the policy: the one of the evidence if there is some, else the
 * first. Null if these tools cannot be given that signer.
 *
 * cosign looks for its experimental referrers, and for attestations, only if told to. Text from the watch list has to be saved first: a key
 * as `<signer>.pub`, certificates as `<signer>.pem`, a root that comes without the path of a file as `trusted_root.json`. `tag` fills in
 * `{tag}`; for a moving tag it is the version by which the tag was judged. Every argument is quoted for a POSIX shell.
 */
export function publicToolCommand(
  watched: Watched,
  digest: Digest,
  tag: string | null,
  evidence: ShownEvidence | null,
): PublicToolCommand | null {
  const { signers } = watched.policy;
  const signer = signers.find(({ name }) => name === evidence?.signer) ?? signers.find(({ kind }) => kind !== "gpg" && kind !== "notation");
  if (signer === undefined) return null;
  const attested = evidence !== null && evidence.predicateType !== null && evidence.predicateType !== PREDICATE_TYPE_OF_ANY_SIGNATURE;
  const attestation = attested ? evidence.predicateType : watched.policy.accept.includes("signature") ? null : "slsaprovenance1";
  if (signer.kind === "keyless" && signer.trustedRoot === "github") return ghCommand(signer, watched, digest, tag);
  const demands = demandsOf(signer, watched, tag);
  if (demands === null) return null;
  const words = ["cosign", attestation === null ? "verify" : "verify-attestation", ...demands];
  if (attestation !== null) words.push("--type", COSIGN_TYPES[attestation] ?? attestation);
  if (evidence?.candidate?.form === "simple-signing" && REFERRERS.has(evidence.candidate.place)) words.push("--experimental-oci11");
  if (watched.tagPrefix !== "") words.push("--attachment-tag-prefix", watched.tagPrefix);
  for (const [name, value] of Object.entries(watched.policy.annotations)) words.push("-a", `${name}=${value}`);
  words.push(`${watched.repository.name}@${digest}`);
  const command = words.map(quoteArgument).join(" ");
  if (watched.signatureRepository === null) return { tool: COSIGN, command };
  return { tool: COSIGN, command: `COSIGN_REPOSITORY=${quoteArgument(watched.signatureRepository.name)} ${command}` };
}

function demandsOf(signer: Signer, { policy }: Watched, tag: string | null): string[] | null {
  const log = policy.transparencyLog === "none" ? ["--insecure-ignore-tlog=true"] : [];
  switch (signer.kind) {
    case "key":
      return ["--key", fileOf(signer), ...log];
    case "keyless":
      return [...identityDemands(signer, tag), ...rootOf(signer)];
    case "certificates":
      return [
        "--ca-roots",
        fileOf(signer),
        "--certificate-identity-regexp=.*",
        "--certificate-oidc-issuer-regexp=.*",
        "--insecure-ignore-sct=true",
        ...log,
      ];
    default:
      return null;
  }
}

/** Patterns of a watch list match the whole identity, those of cosign a part. */
function identityDemands({ issuer, subject, subjectPattern, github }: KeylessSigner, tag: string | null): string[] {
  const names = tag ?? "";
  const identity =
    subject === null
      ? `--certificate-identity-regexp=${subjectPattern === null ? ".*" : `^(?:${fillPattern(subjectPattern, names)})$`}`
      : `--certificate-identity=${fillTemplate(subject, names)}`;
  const flags: Readonly<Record<string, string>> = { repository: "repository", ref: "ref", workflow: "name", trigger: "trigger" };
  // cosign has no flag for the file of a workflow.
  const claims = Object.entries(github ?? {}).flatMap(([name, value]) =>
    name === "workflow" && isWorkflowFile(value)
      ? []
      : `--certificate-github-workflow-${flags[name] ?? name}=${fillTemplate(value, names)}`,
  );
  return [identity, issuer === null ? "--certificate-oidc-issuer-regexp=.*" : `--certificate-oidc-issuer=${issuer}`, ...claims];
}

function rootOf({ trustedRoot, trustedRootSource }: KeylessSigner): string[] {
  return trustedRoot === "public-good" ? [] : ["--trusted-root", trustedRootSource ?? "trusted_root.json"];
}

/** GitHub's tool knows GitHub's own roots and attestations. */
function ghCommand(signer: KeylessSigner, { repository }: Watched, digest: Digest, tag: string | null): PublicToolCommand {
  const { subject, subjectPattern, github } = signer;
  const source =
    github?.["repository"] ?? /^https:\/\/github\.com\/(?<repository>[^/]+\/[^/]+)\//.exec(subject ?? "")?.groups?.["repository"];
  const [owner = "OWNER"] = (source ?? "").split("/");
  const scope = source === undefined ? ["--owner", owner] : ["--repo", source];
  const identity =
    subject === null
      ? subjectPattern === null
        ? []
        : ["--cert-identity-regex", `^(?:${fillPattern(subjectPattern, tag ?? "")})$`]
      : ["--cert-identity", fillTemplate(subject, tag ?? "")];
  const words = ["gh", "attestation", "verify", `oci://${repository.name}@${digest}`, ...scope, "--bundle-from-oci", ...identity];
  return { tool: GH, command: words.map(quoteArgument).join(" ") };
}

function fileOf(signer: KeySigner | CertificatesSigner): string {
  if (signer.kind === "certificates") return `${signer.name}.pem`;
  return signer.source.includes("-----BEGIN") ? `${signer.name}.pub` : signer.source;
}

/** Quotes one argument for a POSIX shell in single quotes, if it needs them. Of `--flag=value`, only the value is quoted. */
export function quoteArgument(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  const flag = /^--[a-z0-9-]+=/.exec(text)?.[0] ?? "";
  return `${flag}'${text.slice(flag.length).replaceAll("'", `'\\''`)}'`;
}
