import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Policy, WatchedRepository } from "../watch-list.ts";

/**
 * The part of an epoch that the watch list decides: whom to trust, for which digests, and where to look. A setting that is added later is
 * optional, and left out if the watch list does not have it; otherwise the epoch of every recorded release would change.
 */
export interface EpochDocument {
  readonly policy: Policy;
  readonly target: WatchedRepository["target"];
  readonly signatureRepository: string | null;
  readonly tagPrefix: string;
  readonly lookaside: string | null;
}

/** Raised if the shape of the document changes, so that an older one is not misread. */
const FORMAT = 1;

/**
 * Formats everything in the watch list that decides a verdict as canonical JSON. It contains public keys as PEM, and no secret. Equal
 * settings give equal text, so its digest names the epoch.
 */
export function formatEpochDocument(watched: WatchedRepository): string {
  const document = epochDocumentOf(watched);
  return formatCanonicalJson({ format: FORMAT, ...document, policy: withoutSources(document.policy) });
}

/** Returns everything in the watch list that decides a verdict. */
export function epochDocumentOf({ policy, target, signatureRepository, tagPrefix, lookaside }: WatchedRepository): EpochDocument {
  return { policy, target, signatureRepository: signatureRepository?.name ?? null, tagPrefix, lookaside };
}

/** Removes the file name of each trusted root, because only its text decides. */
function withoutSources(policy: Policy): Policy {
  const signers = policy.signers.map((signer) => {
    if (signer.kind !== "keyless") return signer;
    const { trustedRootSource: _source, ...decisive } = signer;
    return decisive;
  });
  return { ...policy, signers };
}

/** The inverse of {@link formatEpochDocument}; null for text of another format. */
export function parseEpochDocument(text: string): EpochDocument | null {
  const parsed = parseJson(Buffer.from(text, "utf8"));
  return parsed.kind === "parsed" && isEpochDocument(parsed.value) ? withoutFormat(parsed.value) : null;
}

/** Reports whether a value has the format. Nothing else is verified: documents are found by their own digest, so nobody else wrote them. */
function isEpochDocument(value: unknown): value is EpochDocument {
  return isJsonObject(value) && value["format"] === FORMAT && isJsonObject(value["policy"]);
}

function withoutFormat({ policy, target, signatureRepository, tagPrefix, lookaside }: EpochDocument): EpochDocument {
  return { policy, target, signatureRepository, tagPrefix, lookaside };
}

/** Formats JSON with sorted keys and no white space, so that equal values give equal text. */
export function formatCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isJsonObject(member) ? Object.fromEntries(sortedEntries(member)) : member));
}

function sortedEntries(object: object): [string, unknown][] {
  return Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1));
}
