import type { Digest } from "../../oci/digest.ts";

export const DAY_MILLISECONDS = 86_400_000;

/** A stored manifest, with what retention rules look at. Times are in epoch milliseconds. */
export interface ListedManifest {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** The manifest that it refers to, if it names one. */
  readonly subject: Digest | null;
  /** Null if the registry does not say. */
  readonly mediaType: string | null;
  readonly pushedAt: number;
  /** Null if nobody pulled it, or the registry does not say. */
  readonly pulledAt: number | null;
  /** True if the registry refuses to remove it. */
  readonly isImmutable: boolean;
}

/** What becomes of a manifest by the rules alone, if nobody pushes, pulls or changes anything before. */
export interface Removal {
  /** Epoch milliseconds: from then on it may be gone. */
  readonly at: number;
  /** The rule, in the words of whoever wrote it. They are foreign text. */
  readonly rule: string;
  /** `archives`: it is kept, but not served. */
  readonly how: "deletes" | "archives";
}

/** The rules by which a registry removes what is stored in a repository. Pure. */
export interface RetentionRules {
  /** Returns what is removed from `now` until `until` (epoch milliseconds, both included). It never removes more than the rules surely do. */
  forecast(manifests: readonly ListedManifest[], now: number, until: number): ReadonlyMap<Digest, Removal>;
}

/** Rules that remove nothing. */
export const KEEPS_ALL: RetentionRules = { forecast: () => new Map() };
