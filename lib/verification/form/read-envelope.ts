import { createHash } from "node:crypto";
import { ENVELOPE_VALUES_LIMIT } from "../../discovery/limits.ts";
import { COSIGN_SIGN_PREDICATE } from "../../oci/cosign-annotations.ts";
import { IN_TOTO } from "../../oci/media-types.ts";
import { parseJson } from "../../oci/parse-json.ts";
import type { Digest } from "../../oci/digest.ts";
import { claimedPredicateType } from "./claimed-predicate.ts";
import { encodePreAuthentication, faultOfUnsigned, parseEnvelope, type DsseEnvelope, type ParsedEnvelope } from "./dsse-envelope.ts";
import type { SignatureEvidence } from "./evidence.ts";
import { BUNDLE_LIMIT_BYTES } from "../limits.ts";
import { malformed } from "../malformed.ts";
import { mentions } from "./mentions.ts";
import { parseStatement, subjectsNaming, type ParsedStatement } from "./parse-statement.ts";
import { quoteText } from "../quote-text.ts";
import {
  unusable,
  type EvidenceItem,
  type ReadEvidence,
  type SignedContent,
  type SignedFormReader,
  type UnusableItem,
} from "./read-evidence.ts";
import { chainOfAnnotations, claimOfAnnotations, logEntriesOfAnnotations, timestampsOfAnnotations } from "./signature-annotations.ts";

/** What lies around an envelope: who is said to have signed, which logs hold it, and what it counts as if its statement does not say. */
type EnvelopeSurroundings = Pick<SignatureEvidence, "claim" | "chain" | "logEntries" | "timestamps" | "evidence"> & {
  /** The envelope as it was stored, if it stands alone. Older log entries and timestamps are over it. */
  readonly layer: Uint8Array | null;
};

/**
 * A layer that is a bare DSSE envelope: cosign's `.att`, or a referrer without a bundle.
 * https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md
 */
export const DSSE_ATTESTATION: SignedFormReader = { kind: "signed", evidence: "attestation", read: readDsseLayer };

function readDsseLayer(bytes: Uint8Array, annotations: Readonly<Record<string, string>>): ReadEvidence {
  const parsed = PARSED.get(bytes) ?? parseLayer(bytes);
  PARSED.set(bytes, parsed);
  if (parsed.kind === "malformed") return unusable("unverifiable", parsed.detail, "attestation");
  return readEnvelope(parsed.envelope, {
    evidence: "attestation",
    claim: claimOfAnnotations(annotations),
    chain: chainOfAnnotations(annotations),
    logEntries: logEntriesOfAnnotations(annotations),
    timestamps: timestampsOfAnnotations(annotations),
    layer: bytes,
  });
}

/** One blob may be listed with other annotations again and again. What was parsed of it lives as long as its bytes. */
const PARSED = new WeakMap<Uint8Array, ParsedEnvelope>();

function parseLayer(bytes: Uint8Array): ParsedEnvelope {
  if (bytes.length > BUNDLE_LIMIT_BYTES) return malformed(`an envelope of ${bytes.length} bytes, past the limit of ${BUNDLE_LIMIT_BYTES}`);
  const json = parseJson(bytes, { duplicateKeys: "refuse", values: ENVELOPE_VALUES_LIMIT });
  if (json.kind === "malformed") return malformed(`an envelope that is refused: ${json.detail}`);
  const parsed = parseEnvelope(json.value);
  const fault = parsed.kind === "parsed" ? faultOfUnsigned(bytes.length, parsed.envelope) : null;
  return fault === null ? parsed : malformed(fault);
}

/**
 * Reads every signature of an envelope. The predicate type tells a signature from an attestation. If no signer of the policy made it, the
 * type is still what the evidence claims to be, but nothing else of the statement is reported. It is not even parsed.
 */
export function readEnvelope(envelope: DsseEnvelope, surroundings: EnvelopeSurroundings): ReadEvidence {
  const { layer, ...around } = surroundings;
  const signed = { kind: "bytes", bytes: encodePreAuthentication(envelope.payloadType, envelope.payload) } as const;
  const predicateType = claimedPredicateType(envelope.payload);
  const evidence = evidenceOf(predicateType, surroundings.evidence);
  const digests = { payload: sha256(envelope.payload), layer: layer && sha256(layer) };
  let statement: ParsedStatement | null = null;
  const content = (target: Digest): SignedContent =>
    readContent(envelope.payloadType, (statement ??= parseStatement(envelope.payload)), target);
  const couldName = (target: Digest): boolean => mentions(envelope.payload, target);
  const items = envelope.signatures.map((signature): EvidenceItem | UnusableItem => {
    if (signature === null || signature.length === 0)
      return unusable("invalid-signature", "an envelope whose signature is not base64", evidence);
    // cosign timestamps the envelope that it stores: https://github.com/sigstore/cosign/blob/main/pkg/cosign/verify.go
    // (VerifyRFC3161Timestamp)
    const stamped = layer ?? signature;
    return { evidence: { ...around, evidence, signature, signed, stamped, envelope: digests }, predicateType, couldName, content };
  });
  return { kind: "read", items };
}

function evidenceOf(predicateType: string | null, otherwise: "signature" | "attestation"): "signature" | "attestation" {
  if (predicateType === null) return otherwise;
  return predicateType === COSIGN_SIGN_PREDICATE ? "signature" : "attestation";
}

function readContent(payloadType: string, parsed: ParsedStatement, target: Digest): SignedContent {
  if (payloadType !== IN_TOTO)
    return { kind: "malformed", detail: `its payload is of type ${quoteText(payloadType)} and no in-toto statement` };
  if (parsed.kind === "malformed") return parsed;
  const { statement } = parsed;
  const matching = subjectsNaming(statement, target);
  const annotations = Object.assign(Object.create(null) as Record<string, unknown>, ...matching.map((subject) => subject.annotations));
  return {
    kind: "read",
    namesTarget: matching.length > 0,
    named: describeSubjects(statement.subjects),
    annotations,
    predicate: statement.predicate,
  };
}

function describeSubjects(subjects: readonly { readonly digests: Readonly<Record<string, unknown>> }[]): string {
  const [algorithm, hex] = Object.entries(subjects[0]?.digests ?? {})[0] ?? ["no digest", ""];
  const first = quoteText(`${algorithm}:${String(hex)}`);
  return subjects.length === 1 ? first : `${first} and ${subjects.length - 1} more`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
