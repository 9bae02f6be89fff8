import type { Candidate } from "../../../discovery/candidate.ts";
import type { Desk, JudgedLayer } from "../../../discovery/desk.ts";
import type { SignatureForm } from "../../../discovery/forms.ts";
import type { LetGo } from "../../../discovery/reply.ts";
import { LARGE_LAYERS_LIMIT_BYTES, SMALL_LAYER_BYTES, WAITING_LIMIT_CHARACTERS } from "../../../discovery/limits.ts";
import { digestOf, type Digest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/manifest.ts";
import type { Outcome } from "../../../verification/candidate-result.ts";
import type { VerificationContext } from "../../../verification/verification-context.ts";
import { isPolicyTagBound } from "../../list/group-releases.ts";
import { judgeGuarded, signatureOf } from "./judge-candidate.ts";
import { recallRejected, rememberRejected } from "./rejected-layers.ts";

/** What a desk judges with. */
export interface DeskParts {
  /** Under which policies: tonight's first, then those under which the tags were last judged. */
  readonly contexts: readonly [VerificationContext, ...VerificationContext[]];
  /** Keeps evidence at once that is too large to wait for the verdict. Null if none is kept. */
  readonly keepNow: ((digest: Digest, bytes: Uint8Array) => Promise<void>) | null;
  readonly allowance: ReleaseAllowance;
}

/** What a release may still cost, with everything below it. */
export interface ReleaseAllowance {
  /** Bytes of large layers that are fetched. */
  large: number;
  /** Characters of annotations of large layers that wait for their turn. */
  waiting: number;
  /** Bytes that are held of what strangers made. */
  strangers: number;
  /** Bytes that are held of what signers of the policy made for something else, or more than once. */
  signers: number;
}

const HELD_LIMIT_BYTES = 1024 * 1024;

export function newReleaseAllowance(largeBytes = LARGE_LAYERS_LIMIT_BYTES): ReleaseAllowance {
  return { large: largeBytes, waiting: WAITING_LIMIT_CHARACTERS, strangers: HELD_LIMIT_BYTES, signers: HELD_LIMIT_BYTES };
}

/** The desk of one digest, at which all places have their candidates judged. */
export class JudgesDesk implements Desk {
  readonly #target: Digest;
  readonly #parts: DeskParts;
  readonly #judged = new Map<string, JudgedLayer>();
  readonly #taken = new Set<string>();
  readonly #signatures = new Set<string>();
  /** Whether a rejection is the same for any digest, tag and night. */
  readonly #isGeneral: boolean;

  constructor(target: Digest, parts: DeskParts) {
    const { contexts } = parts;
    this.#target = target;
    this.#parts = parts;
    this.#isGeneral = contexts.length === 1 && !isPolicyTagBound(contexts[0].policy);
  }

  keep(bytes: number): boolean {
    const { allowance } = this.#parts;
    if (bytes > allowance.strangers) return false;
    allowance.strangers -= bytes;
    return true;
  }

  take(form: SignatureForm, layer: Descriptor, bytes: number): boolean {
    const key = keyOf(form, layer);
    if (this.#taken.has(key) || this.recall(form, layer) !== null) return true;
    const { allowance } = this.#parts;
    if (bytes > allowance.large) return false;
    allowance.large -= bytes;
    this.#taken.add(key);
    return true;
  }

  wait(layer: Descriptor): boolean {
    const { allowance } = this.#parts;
    const length = lengthOf(layer);
    if (length > allowance.waiting) return false;
    allowance.waiting -= length;
    return true;
  }

  recall(form: SignatureForm, layer: Descriptor): JudgedLayer | null {
    const key = keyOf(form, layer);
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const outcomes = this.#isGeneral ? recallRejected(this.#parts.contexts[0], key) : null;
    return outcomes === null ? null : this.#remember(key, letGo(form, this.#note([outcomes]), outcomes));
  }

  refuse(form: SignatureForm, layer: Descriptor, detail: string): JudgedLayer {
    const annotations = this.keep(lengthOf(layer)) ? layer.annotations : {};
    return this.#remember(keyOf(form, layer), { form, annotations, content: { kind: "unusable", detail }, isSigners: false });
  }

  async judge(form: SignatureForm, layer: Descriptor, bytes: Uint8Array): Promise<JudgedLayer> {
    const { contexts } = this.#parts;
    const key = keyOf(form, layer);
    const content = { kind: "bytes", bytes } as const;
    const { annotations, digest } = layer;
    const target = this.#target;
    const candidate: Candidate = {
      place: "referrers-api",
      target,
      artifact: digest,
      form,
      layer: digest,
      annotations,
      content,
      foreignSubject: false,
    };
    const outcomes = contexts.map((context) => judgeGuarded(candidate, context));
    const mark = this.#note(outcomes);
    const signers = outcomes.flat().find(isSigners);
    const isKept =
      signers === undefined
        ? this.#keepsStrangers(layer, bytes)
        : this.#keepsSigners(layer, bytes, signatureOf(signers, candidate, contexts[0]));
    if (!isKept) {
      if (this.#isGeneral && bytes.length > SMALL_LAYER_BYTES && outcomes[0]!.every(isRejected))
        rememberRejected(contexts[0], key, outcomes[0]!);
      return this.#remember(key, { ...letGo(form, mark, outcomes[0]!), isSigners: signers !== undefined });
    }
    const judged = { form, annotations, mark, isSigners: signers !== undefined };
    if (bytes.length <= SMALL_LAYER_BYTES) return this.#remember(key, { ...judged, content });
    await this.#parts.keepNow?.(digest, bytes);
    return this.#remember(key, { ...judged, content: { ...claimOf(outcomes[0]!), isKept: this.#parts.keepNow !== null } });
  }

  #keepsStrangers(layer: Descriptor, bytes: Uint8Array): boolean {
    const size = bytes.length + lengthOf(layer);
    return size <= SMALL_LAYER_BYTES && this.keep(size);
  }

  /** Anybody may attach copies of what a signer made, and what a signer made for something else. Neither may fill the history. */
  #keepsSigners(layer: Descriptor, bytes: Uint8Array, signature: string | null): boolean {
    const isFirst = signature !== null && !this.#signatures.has(signature);
    if (isFirst) this.#signatures.add(signature);
    const size = bytes.length + lengthOf(layer);
    if (isFirst) return true;
    const { allowance } = this.#parts;
    if (size > allowance.signers) return false;
    allowance.signers -= size;
    return true;
  }

  #note(outcomes: readonly (readonly Outcome[])[]): object {
    const mark = {};
    this.#parts.contexts.forEach((context, at) => context.memo.note(mark, context, outcomes[at]!));
    return mark;
  }

  #remember(key: string, layer: JudgedLayer): JudgedLayer {
    this.#judged.set(key, layer);
    return layer;
  }
}

function letGo(form: SignatureForm, mark: object, outcomes: readonly Outcome[]): JudgedLayer {
  return { form, annotations: {}, content: { ...claimOf(outcomes), isKept: false }, mark, isSigners: false };
}

/** What is recorded of a candidate whose bytes are let go: of several signatures the first speaks, for they are over the same. */
function claimOf([first]: readonly Outcome[]): Omit<LetGo, "isKept"> {
  const { evidence, predicateType = null, claimedPredicateType = null, detail = "" } = first ?? {};
  return {
    kind: "judged",
    evidence: evidence === "attestation" ? evidence : "signature",
    predicateType: predicateType ?? claimedPredicateType,
    detail,
  };
}

function isSigners(outcome: Outcome): boolean {
  return outcome.kind === "verified" || (outcome.kind === "rejected" && outcome.bySigner);
}

function isRejected({ kind }: Outcome): boolean {
  return kind === "rejected";
}

function lengthOf({ annotations }: Descriptor): number {
  return Object.entries(annotations).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
}

/** Bundles hold everything themselves. Other forms have their signatures in annotations. */
function keyOf(form: SignatureForm, { digest, mediaType, annotations }: Descriptor): string {
  return form === "sigstore-bundle" ? `${form} ${digest}` : `${form} ${digest} ${digestOf(JSON.stringify([mediaType, annotations]))}`;
}
