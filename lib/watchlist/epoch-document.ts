import { isJsonObject } from "../oci/parse-json.ts";
import type { Policy, WatchedRepository } from "./watch-list.ts";

/** What decides about a release, of one entry of the watch list. */
export interface EpochDocument {
  readonly policy: Policy;
  readonly target: WatchedRepository["target"];
  readonly signatureRepository: string | null;
  readonly tagPrefix: string;
  readonly lookaside: string | null;
}

/** Canonical text of everything that decides: keys in fixed order, key material as PEM, no secret. Equal entries give equal bytes. */
export function formatEpochDocument({ policy, target, signatureRepository, tagPrefix, lookaside }: WatchedRepository): string {
  const document: EpochDocument = { policy, target, signatureRepository: signatureRepository?.name ?? null, tagPrefix, lookaside };
  return JSON.stringify(sortKeys(document));
}

/** The inverse, for a document that an earlier run kept; null where it is not one of ours. */
export function parseEpochDocument(text: string): EpochDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && isJsonObject(value["policy"]) && Array.isArray(value["policy"]["signers"]) ? (value as unknown as EpochDocument) : null;
  } catch {
    return null;
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const sorted = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, nested]) => [key, sortKeys(nested)]));
}
