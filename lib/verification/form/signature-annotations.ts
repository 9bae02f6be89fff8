import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { ENVELOPE_VALUES_LIMIT } from "../../discovery/limits.ts";
import { COSIGN_PREFIXES } from "../../oci/cosign-annotations.ts";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { decodeBase64 } from "./decode-base64.ts";
import { NO_LOG_ENTRIES, NO_TIMESTAMPS, type LogEntries, type Timestamps, type SignerClaim } from "./evidence.ts";
import { ANNOTATION_LIMIT_CHARACTERS } from "../limits.ts";
import { malformed } from "../malformed.ts";

type Annotations = Readonly<Record<string, string>>;

const LOG_ENTRY_LIMIT_CHARACTERS = 2 * 1024 * 1024;
const LOG_ID = /^[0-9a-f]{64}$/;

/**
 * Returns who signed a layer, as its annotations say. A blank certificate counts as none, because cosign writes one beside key signatures.
 * A certificate past the limit is cut, so that it cannot be read, instead of being absent.
 */
export function claimOfAnnotations(annotations: Annotations): SignerClaim {
  const certificate = find(annotations, "certificate").slice(0, ANNOTATION_LIMIT_CHARACTERS);
  return certificate === "" ? { kind: "none" } : { kind: "certificate", certificate };
}

/** Returns the PEM text of the certificates beside the signing one, possibly empty. */
export function chainOfAnnotations(annotations: Annotations): string {
  const chain = find(annotations, "chain");
  return chain.length > ANNOTATION_LIMIT_CHARACTERS ? "" : chain;
}

/**
 * Reads the log entry that lies beside the signature. cosign stores the log's own answer, in which numbers are numbers; any other text has
 * another canonical form than the one that the log signed.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#properties
 */
export function logEntriesOfAnnotations(annotations: Annotations): LogEntries {
  const text = find(annotations, "bundle");
  if (text === "") return NO_LOG_ENTRIES;
  if (text.length > LOG_ENTRY_LIMIT_CHARACTERS)
    return malformed(`a log entry of ${text.length} characters, past the limit of ${LOG_ENTRY_LIMIT_CHARACTERS}`);
  const json = parseJson(Buffer.from(text), { duplicateKeys: "refuse", values: ENVELOPE_VALUES_LIMIT });
  const { SignedEntryTimestamp: promise, Payload: payload } = json.kind === "parsed" && isJsonObject(json.value) ? json.value : {};
  if (typeof promise !== "string" || !isJsonObject(payload)) return malformed("a log entry that cannot be read");
  const { body, integratedTime, logIndex, logID } = payload;
  const signedEntryTimestamp = decodeBase64(promise);
  const canonicalizedBody = typeof body === "string" ? decodeBase64(body) : null;
  if (
    !signedEntryTimestamp ||
    !canonicalizedBody ||
    !isIndex(integratedTime) ||
    !isIndex(logIndex) ||
    typeof logID !== "string" ||
    !LOG_ID.test(logID)
  ) {
    return malformed("a log entry whose members are not what the log writes");
  }
  const entry: TransparencyLogEntry = {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, "hex") },
    kindVersion: undefined,
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(signedEntryTimestamp) },
    inclusionProof: undefined,
    canonicalizedBody: Buffer.from(canonicalizedBody),
  };
  return { kind: "read", entries: [entry] };
}

/** Reads the RFC 3161 timestamp beside the signature: `{"SignedRFC3161Timestamp": "<base64>"}`. */
export function timestampsOfAnnotations(annotations: Annotations): Timestamps {
  const text = find(annotations, "rfc3161timestamp").slice(0, ANNOTATION_LIMIT_CHARACTERS);
  if (text === "") return NO_TIMESTAMPS;
  const json = parseJson(Buffer.from(text), { duplicateKeys: "refuse", values: ENVELOPE_VALUES_LIMIT });
  const encoded = json.kind === "parsed" && isJsonObject(json.value) ? json.value["SignedRFC3161Timestamp"] : undefined;
  const token = typeof encoded === "string" ? decodeBase64(encoded) : null;
  return token === null || token.length === 0
    ? { kind: "malformed", detail: "a timestamp that cannot be read" }
    : { kind: "read", tokens: [token] };
}

/** Returns the annotation under either name. A blank one counts as absent. */
function find(annotations: Annotations, name: string): string {
  return COSIGN_PREFIXES.map((prefix) => (annotations[prefix + name] ?? "").trim()).find((text) => text !== "") ?? "";
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
