import type { EpochCause } from "../../history/cause.ts";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { createTrustStore, rootDigests, type NamedRoot, type TrustStore } from "../../verification/trust/trust-store.ts";
import { VERIFIER_VERSION } from "../../verification/verifier-version.ts";
import { formatEpochDocument, parseEpochDocument, type EpochDocument } from "../../watchlist/record/epoch-document.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";

/** What decides about a release besides its facts: verifier version, trust material, policy, target and places. */
export interface Epoch {
  readonly id: Digest;
  /** Kept as evidence under `id`, so that a later night can judge under it again. */
  readonly document: string;
  /** Texts of the roots that the document names by digest: kept as evidence, too. */
  readonly roots: ReadonlyMap<Digest, string>;
}

/**
 * Returns the epoch of an entry of the watch list (architecture section 5). The same watch list, roots and verifier give the same epoch,
 * byte for byte. The first line of its document holds the verifier's version and the digest of each named root; the rest is what the watch
 * list decides.
 */
export function epochOf(watched: WatchedRepository, trust: TrustStore): Epoch {
  const ofStore = EPOCHS.get(trust) ?? new WeakMap<WatchedRepository, Epoch>();
  EPOCHS.set(trust, ofStore);
  const known = ofStore.get(watched);
  if (known) return known;
  const digests = rootDigests(watched.policy, trust);
  const head = [VERIFIER_VERSION, ...[...digests].map(([name, digest]) => `${name}=${digest}`)].join(" ");
  const document = `${head}\n${formatEpochDocument(watched)}`;
  const roots = new Map([...digests].map(([name, digest]) => [digest, trust.textOf(name)!]));
  const epoch = { id: digestOf(document), document, roots };
  ofStore.set(watched, epoch);
  return epoch;
}

/** Kept because one entry of the watch list has thousands of releases. */
const EPOCHS = new WeakMap<TrustStore, WeakMap<WatchedRepository, Epoch>>();

/** Says what is new about an epoch, by the document of the one before. A change of the watch list comes first. */
export function compareEpochs(before: string, epoch: Epoch): EpochCause {
  const [oldHead, newHead] = [before, epoch.document].map((text) => text.slice(0, text.indexOf("\n")).split(" "));
  if (before.slice(before.indexOf("\n")) !== epoch.document.slice(epoch.document.indexOf("\n"))) return "policy-changed";
  return oldHead![0] === newHead![0] ? "trust-changed" : "verifier-changed";
}

/** Reports whether another version of the verifier judged under the epoch of this document. It is gone, and cannot be asked again. */
export function isOtherVerifier(before: string): boolean {
  return before.split(/[ \n]/, 1)[0] !== VERIFIER_VERSION;
}

/** A kept epoch under which facts can be judged again. */
export interface PastEpoch {
  readonly document: EpochDocument;
  readonly trust: TrustStore;
}

/**
 * Reads a kept epoch document; `load` finds the texts of its roots. The roots are used whatever their age, because the question is what
 * they said then. Null if the document is of another format, or one of its roots is not kept.
 */
export async function readPastEpoch(text: string, load: (digest: Digest) => Promise<string | null>): Promise<PastEpoch | null> {
  const end = text.indexOf("\n");
  const document = parseEpochDocument(text.slice(end + 1));
  if (document === null) return null;
  const named = new Map<string, NamedRoot>();
  for (const word of text.slice(0, end).split(" ").slice(1)) {
    const [name = "", digest = ""] = word.split("=");
    const root = await load(digest as Digest);
    if (root === null) return null;
    named.set(name, { text: root, usableUntil: Number.POSITIVE_INFINITY });
  }
  return { document, trust: createTrustStore(named, 0) };
}
