import { readFileSync } from "node:fs";
import { RE2JS } from "re2js";
import { inspectRelease } from "../../lib/inspect/inspect-release.ts";
import { exitCodeOfRelease } from "../../lib/audit/exit-code.ts";
import { formatJson } from "../../lib/text/escape.ts";
import { parseReference, type Reference } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { loadPublicKey } from "../../lib/verification/key/load-public-key.ts";
import { selectReleases } from "../../lib/watchlist/select/select-releases.ts";
import { watchBySigner } from "../../lib/watchlist/watch-by-signer.ts";
import type { KeylessSigner, Signer, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { renderInspection } from "../terminal/inspection-text.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { openRegistries } from "../doors/registries.ts";
import { readRootFile } from "../doors/root-file.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { expandPatterns } from "../../lib/watchlist/select/expand-patterns.ts";
import { openTrust } from "../doors/trust.ts";
import { readWatchList } from "../doors/watch-list.ts";

export interface InspectOptions extends CommonOptions {
  readonly key?: string;
  readonly certificateIdentity?: string;
  readonly certificateIdentityRegexp?: string;
  readonly certificateOidcIssuer?: string;
  readonly trustedRoot?: string;
  readonly json?: true;
}

/** Judges one release under the watch list or the signer of the command line. Returns the exit code of `audit` for it alone. */
export async function inspect(text: string, options: InspectOptions): Promise<number> {
  const parsed = parseReference(text);
  if (parsed.kind === "malformed")
    throw new SealwatchError("usage", `inspect ${text}: ${parsed.detail}; write registry/repository:tag or registry/repository@sha256:…`);
  const named = readSigner(options);
  const watchList = named === null ? readWatchList(options).watchList : optionalWatchList(options);
  const signer = named?.kind === "keyless" ? { ...named, ...rootFor(parsed.reference, watchList, options) } : named;
  const watched = signer === null ? findWatched(parsed.reference, watchList) : watchBySigner(parsed.reference.repository, signer);
  const signal = stopOnSignals();
  const clients = await openRegistries(watchList?.registries ?? new Map(), signal);
  try {
    const { now } = readNow(options);
    const exemptions = signer === null ? (watchList?.exemptions ?? []) : [];
    const policy = signer === null ? watched.policy.name : null;
    const trust = await openTrust([watched], now);
    const document = await inspectRelease({ reference: parsed.reference, watched, policy, exemptions, trust, now }, clients);
    if (signal.aborted) throw new SealwatchError("aborted", "inspect: stopped; nothing was recorded");
    await writeResult(options.json === true ? `${formatJson(document)}\n` : renderInspection(document, paletteFor(process.stdout)));
    return exitCodeOfRelease(document);
  } finally {
    await clients.close();
  }
}

/** Returns the root of the command line, else the watch list's root for that repository, else Sigstore's. */
function rootFor(
  reference: Reference,
  watchList: WatchList | null,
  { trustedRoot }: InspectOptions,
): Pick<KeylessSigner, "trustedRoot" | "trustedRootSource"> {
  if (trustedRoot !== undefined) return { trustedRoot: readRootFile(trustedRoot), trustedRootSource: trustedRoot };
  const signers = findEntry(reference, watchList)?.policy.signers ?? [];
  const listed = signers.find((signer) => signer.kind === "keyless");
  if (listed === undefined) return { trustedRoot: "public-good" };
  const { trustedRootSource: source } = listed;
  return { trustedRoot: listed.trustedRoot, ...(source === undefined ? {} : { trustedRootSource: source }) };
}

/** Reads the watch list if there is a valid one. If the command line names the signer, it only adds how registries are reached. */
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
  if (options.trustedRoot !== undefined && certificateOidcIssuer === undefined)
    throw new SealwatchError(
      "usage",
      "inspect: --trusted-root goes with --certificate-oidc-issuer; under a watch list write trustedRoot: there",
    );
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

function findEntry(reference: Reference, watchList: WatchList | null): WatchedRepository | undefined {
  const { name } = reference.repository;
  const repositories = watchList === null ? [] : expandPatterns(watchList, [name]).repositories;
  const entries = repositories.filter((watched) => watched.repository.name === name);
  const tag = reference.tag ?? "latest";
  return entries.find((watched) => selectReleases([tag], watched).releases.length > 0) ?? entries[0];
}

function findWatched(reference: Reference, watchList: WatchList | null): WatchedRepository {
  const entry = findEntry(reference, watchList);
  if (entry === undefined)
    throw new SealwatchError("usage", `inspect: ${reference.repository.name} is not on the watch list; add it, or name a key with --key`);
  return entry;
}
