import { readFileSync } from "node:fs";
import { RE2JS } from "re2js";
import { inspectRelease } from "../../lib/audit/inspect-release.ts";
import type { CandidateDocument, InspectDocument } from "../../lib/audit/audit-document.ts";
import { exitCodeOfRelease } from "../../lib/audit/exit-code.ts";
import { escapeText, formatJson } from "../../lib/notification/escape.ts";
import { parseReference, type Reference } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { loadPublicKey } from "../../lib/verification/load-public-key.ts";
import { selectReleases } from "../../lib/watchlist/select-releases.ts";
import { watchBySigner } from "../../lib/watchlist/watch-by-signer.ts";
import type { Signer, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/paint.ts";
import { openRegistries } from "../doors/registries.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { openTrust } from "../doors/trust.ts";
import { readWatchList } from "../doors/watch-list.ts";

export interface InspectOptions extends CommonOptions {
  readonly key?: string;
  readonly certificateIdentity?: string;
  readonly certificateIdentityRegexp?: string;
  readonly certificateOidcIssuer?: string;
  readonly json?: true;
}

/** Judges one release under the watch list's policy or the signer of the command line; the exit code is that of `audit` for it alone. */
export async function inspect(text: string, options: InspectOptions): Promise<number> {
  const parsed = parseReference(text);
  if (parsed.kind === "malformed")
    throw new SealwatchError("usage", `inspect ${text}: ${parsed.detail}; write registry/repository:tag or registry/repository@sha256:…`);
  const signer = readSigner(options);
  const watchList = signer === null ? readWatchList(options).watchList : optionalWatchList(options);
  const watched = signer === null ? findWatched(parsed.reference, watchList) : watchBySigner(parsed.reference.repository, signer);
  const clients = openRegistries(watchList?.registries ?? new Map(), stopOnSignals());
  try {
    const { now } = readNow(options);
    const exemptions = signer === null ? (watchList?.exemptions ?? []) : [];
    const policy = signer === null ? watched.policy.name : null;
    const trust = await openTrust([watched.policy], now);
    const document = await inspectRelease({ reference: parsed.reference, watched, policy, exemptions, trust, now }, clients);
    await writeResult(options.json === true ? `${formatJson(document)}\n` : render(document), undefined);
    return exitCodeOfRelease(document);
  } finally {
    await clients.close();
  }
}

/** With a key on the command line a watch list only adds how registries are reached, where there is a good one. */
function optionalWatchList(options: InspectOptions): WatchList | null {
  try {
    return readWatchList(options).watchList;
  } catch (error) {
    if (error instanceof SealwatchError && options.config === undefined) return null;
    throw error;
  }
}

function readSigner(options: InspectOptions): Signer | null {
  const { key, certificateIdentity, certificateIdentityRegexp, certificateOidcIssuer } = options;
  const keyless = certificateIdentity !== undefined || certificateIdentityRegexp !== undefined || certificateOidcIssuer !== undefined;
  if (key !== undefined && keyless) throw new SealwatchError("usage", "inspect: --key and --certificate-… exclude each other");
  if (key !== undefined) return { kind: "key", name: "key", pem: readKey(key), source: key, until: null };
  if (!keyless) return null;
  if (certificateOidcIssuer === undefined)
    throw new SealwatchError("usage", "inspect: --certificate-identity needs --certificate-oidc-issuer");
  if ((certificateIdentity === undefined) === (certificateIdentityRegexp === undefined)) {
    throw new SealwatchError(
      "usage",
      "inspect: --certificate-oidc-issuer needs either --certificate-identity or --certificate-identity-regexp",
    );
  }
  if (certificateIdentityRegexp !== undefined) checkPattern(certificateIdentityRegexp);
  return {
    kind: "keyless",
    name: "keyless",
    issuer: certificateOidcIssuer,
    subject: certificateIdentity ?? null,
    subjectPattern: certificateIdentityRegexp ?? null,
    github: null,
    trustedRoot: "public-good",
    until: null,
  };
}

function checkPattern(pattern: string): void {
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    throw new SealwatchError(
      "usage",
      `--certificate-identity-regexp ${pattern}: no RE2 pattern; write one without look-around and back-references`,
      {
        cause: error,
      },
    );
  }
}

function readKey(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("usage", `--key ${path}: cannot be read`, { cause: error });
  }
  const loaded = loadPublicKey(pem);
  if (loaded.kind === "malformed")
    throw new SealwatchError("usage", `--key ${path}: ${loaded.detail}; write a file with one PEM public key`);
  return pem;
}

function findWatched(reference: Reference, watchList: WatchList | null): WatchedRepository {
  const entries = (watchList?.repositories ?? []).filter((watched) => watched.repository.name === reference.repository.name);
  const tag = reference.tag ?? "latest";
  const entry = entries.find((watched) => selectReleases([tag], watched).releases.length > 0) ?? entries[0];
  if (entry === undefined)
    throw new SealwatchError("usage", `inspect: ${reference.repository.name} is not on the watch list; add it, or name a key with --key`);
  return entry;
}

function render(document: InspectDocument): string {
  const palette = paletteFor(process.stdout);
  const paint = { signed: palette.green, unsigned: palette.red, untrusted: palette.red, unknown: palette.yellow, pending: palette.dim }[
    document.verdict
  ];
  const lines = [
    escapeText(document.reference),
    `Digest: ${document.digest ?? "not resolved"}${document.mediaType === null ? "" : ` (${escapeText(document.mediaType)})`}`,
    `Verdict: ${paint(document.verdict)}${document.reason === null ? "" : ` / ${document.reason}`}`,
    `Why: ${escapeText(document.explanation, SENTENCE_LIMIT_CHARACTERS)}`,
    ...(document.exemption === null ? [] : [`Exempt: ${escapeText(document.exemption.reason)}`]),
    "Places:",
    ...document.places.map(({ place, answer, detail }) => `  ${place.padEnd(20)}  ${answer.padEnd(13)}  ${escapeText(detail)}`),
  ];
  if (document.candidates.length > 0) lines.push("Candidates:");
  for (const candidate of document.candidates) lines.push(...renderCandidate(candidate));
  for (const { tool, command } of document.commands) lines.push(`Check (${tool}):`, `  ${command}`);
  return `${lines.join("\n")}\n`;
}

/** A sentence of ours that quotes is longer than one piece of foreign text. */
const SENTENCE_LIMIT_CHARACTERS = 1024;

/** What it is, whose it is, when and who says so, and why it counts or does not. */
function renderCandidate({ place, artifact, form, result, reason, detail, predicateType, proof }: CandidateDocument): string[] {
  const signedBy =
    proof && `${proof.kind} ${escapeText(proof.identity)}${proof.issuer === null ? "" : `, issuer ${escapeText(proof.issuer)}`}`;
  return [
    `  ${result}${reason === null ? "" : ` (${reason})`}  ${form} in ${place}, ${artifact}`,
    `    ${escapeText(detail, SENTENCE_LIMIT_CHARACTERS)}`,
    ...(signedBy === null ? [] : [`    Signer: ${signedBy}`]),
    ...(proof?.times ?? []).map(({ at, by }) => `    Time: ${at}, vouched for by ${escapeText(by)}`),
    ...(proof === null || proof.logIndex === null ? [] : [`    Log index: ${proof.logIndex}`]),
    ...(predicateType === null ? [] : [`    Predicate: ${escapeText(predicateType)}`]),
  ];
}
