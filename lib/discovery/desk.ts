import type { Descriptor } from "../oci/manifest.ts";
import type { SignatureForm } from "./forms.ts";
import type { FoundCandidate } from "./reply.ts";

/** What is kept of a layer once it was judged: whoever lists it, and wherever, it is the same. */
export type JudgedLayer = Pick<FoundCandidate, "form" | "annotations" | "content"> & {
  readonly mark?: object;
  /** Whether a signer of the policy made it, whatever else is wrong with it. */
  readonly isSigners: boolean;
};

/**
 * Where the candidates of one digest are judged while their bytes are at hand, so that the bytes need not be kept. It also knows how much
 * may still be fetched, and kept, for the digest.
 */
export interface Desk {
  /** Returns what was made of the same layer before in this run, or null. */
  recall(form: SignatureForm, layer: Descriptor): JudgedLayer | null;
  /** Judges a layer. The bytes are lent. */
  judge(form: SignatureForm, layer: Descriptor, bytes: Uint8Array): Promise<JudgedLayer>;
  /** Keeps what was made of a layer without its bytes, because it cannot be used. */
  refuse(form: SignatureForm, layer: Descriptor, detail: string): JudgedLayer;
  /** Takes the bytes of a large layer from what may still be fetched, once for the same layer. False if too little is left. */
  take(form: SignatureForm, layer: Descriptor, bytes: number): boolean;
  /** Takes the annotations of a layer that waits for its turn from what may wait. False if too little is left. */
  wait(layer: Descriptor): boolean;
  /** Takes bytes from what may be kept of what no signer of the policy made. False if too little is left. */
  keep(bytes: number): boolean;
}
