import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Policy, WatchedRepository } from "../watch-list.ts";

/** The part of an epoch that the watch list decides: whom to believe, about which digests, looking where. */
export interface EpochDocument {
  readonly policy: Policy;
  readonly target: WatchedRepository["target"];
  readonly signatureRepository: string | null;
  readonly tagPrefix: string;
  readonly lookaside: string | null;
}

/** Raised when the shape of the document changes, so that an older one is not misread. */
const FORMAT = 1;

/**
 * Canonical JSON (keys sorted, no white space) of everything in the watch list that decides a verdict. Public keys are in it as PEM;
 * no secret is, because nothing that decides is one. Equal settings give equal text, so its digest names the epoch.
 */
export function formatEpochDocument(watched: WatchedRepository): string {
  const document = epochDocumentOf(watched);
  return formatCanonicalJson({ format: FORMAT, ...document, policy: withoutSources(document.policy) });
}

/** Everything in the watch list that decides a verdict. */
export function epochDocumentOf({ policy, target, signatureRepository, tagPrefix, lookaside }: WatchedRepository): EpochDocument {
  return { policy, target, signatureRepository: signatureRepository?.name ?? null, tagPrefix, lookaside };
}

/** Where the text of a trusted root lies decides nothing: the text itself is in the document. */
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

/** The format says the rest: documents are found again by their own digest, so nobody else wrote them. */
function isEpochDocument(value: unknown): value is EpochDocument {
  return isJsonObject(value) && value["format"] === FORMAT && isJsonObject(value["policy"]);
}

function withoutFormat({ policy, target, signatureRepository, tagPrefix, lookaside }: EpochDocument): EpochDocument {
  return { policy, target, signatureRepository, tagPrefix, lookaside };
}

/** JSON with sorted keys and no white space: equal values, equal text. */
export function formatCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isJsonObject(member) ? Object.fromEntries(sortedEntries(member)) : member));
}

function sortedEntries(object: object): [string, unknown][] {
  return Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1));
}
