import type { Candidate, PlaceAnswer } from "../../discovery/candidate.ts";
import { isReadForm } from "../../discovery/forms.ts";
import { findEvidence } from "../../history/past/find-evidence.ts";
import type { EvidenceStore } from "../../history/store.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Epoch } from "./epoch.ts";

/** What verdicts rest on, by digest: signature manifests, payloads, bundles, and epochs with their roots. */
export type Evidence = ReadonlyMap<Digest, Uint8Array>;

export const NO_EVIDENCE: Evidence = new Map();

/** Returns the payloads and bundles that were judged. */
export function evidenceOf(answers: readonly PlaceAnswer[]): Evidence {
  const evidence = new Map<Digest, Uint8Array>();
  for (const { layer, form, content } of foundBy(answers))
    if (content.kind === "bytes" && isReadForm(form)) evidence.set(layer, content.bytes);
  return evidence;
}

/** Returns the manifests that held them, as the registry sent them. */
export function manifestsOf(answers: readonly PlaceAnswer[]): Evidence {
  return new Map(foundBy(answers).flatMap(({ artifact, manifest }) => (manifest === undefined ? [] : [[artifact, manifest]])));
}

function foundBy(answers: readonly PlaceAnswer[]): Candidate[] {
  return answers.flatMap((answer) => (answer.kind === "found" ? [...answer.candidates] : []));
}

/** Returns the document of an epoch, with its roots. */
function evidenceOfEpoch({ id, document, roots }: Epoch): [Digest, Uint8Array][] {
  const encoder = new TextEncoder();
  return [[id, encoder.encode(document)], ...[...roots].map(([digest, text]): [Digest, Uint8Array] => [digest, encoder.encode(text)])];
}

/** The evidence that the written verdicts rest on and that was not kept while the audit went on. */
export function evidenceOfWritten(written: readonly { readonly epoch: Epoch; readonly evidence: Evidence }[]): Evidence {
  return new Map(written.flatMap(({ epoch, evidence }) => [...evidenceOfEpoch(epoch), ...evidence]));
}

const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the evidence of releases that are news while the audit goes on, so that a first night over thousands of bundles does not hold
 * them all until it records. Evidence is written before the states that rest on it; without such a state it means nothing.
 */
export class EvidenceKeeper {
  readonly #store: EvidenceStore;
  #waiting = new Map<Digest, Uint8Array>();
  #bytes = 0;
  /** What was kept by itself in this run. */
  readonly #kept = new Set<Digest>();

  constructor(store: EvidenceStore) {
    this.#store = store;
  }

  async add(evidence: Evidence): Promise<void> {
    for (const [digest, bytes] of evidence) {
      if (this.#waiting.has(digest)) continue;
      this.#waiting.set(digest, bytes);
      this.#bytes += bytes.length;
    }
    if (this.#bytes >= BATCH_BYTES) await this.flush();
  }

  /** Keeps bytes that are too large to wait for others, unless they are kept already. */
  async keepNow(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.#kept.has(digest)) return;
    this.#kept.add(digest);
    if ((await findEvidence(this.#store, digest)).kind === "missing") await this.#store.saveEvidence(new Map([[digest, bytes]]));
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new Map();
    this.#bytes = 0;
    if (batch.size > 0) await this.#store.saveEvidence(batch);
  }
}
