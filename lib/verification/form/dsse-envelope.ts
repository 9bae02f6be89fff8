import { isJsonObject } from "../../oci/parse-json.ts";
import { decodeAnyBase64 } from "./decode-base64.ts";
import { ENVELOPE_SIGNATURES_LIMIT, UNSIGNED_PART_LIMIT_BYTES } from "../limits.ts";
import { malformed, type Malformed } from "../malformed.ts";

/** A DSSE envelope with everything decoded. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** At least one and at most {@link ENVELOPE_SIGNATURES_LIMIT}. One is null if it is not base64. */
  readonly signatures: readonly (Uint8Array | null)[];
}

export type ParsedEnvelope = { readonly kind: "parsed"; readonly envelope: DsseEnvelope } | Malformed;

/** Reads an envelope from parsed JSON. Key ids are left out, because they are not signed and no two tools name keys in the same way. */
export function parseEnvelope(value: unknown): ParsedEnvelope {
  if (!isJsonObject(value)) return malformed("an envelope that is no JSON object");
  const { payloadType, payload, signatures } = value;
  if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures)) {
    return malformed("an envelope without payloadType, payload and signatures");
  }
  if (signatures.length === 0) return malformed("an envelope without a signature");
  if (signatures.length > ENVELOPE_SIGNATURES_LIMIT) {
    return malformed(`an envelope with ${signatures.length} signatures, past the limit of ${ENVELOPE_SIGNATURES_LIMIT}`);
  }
  const decoded = decodeAnyBase64(payload);
  if (decoded === null) return malformed("an envelope whose payload is not base64");
  return { kind: "parsed", envelope: { payloadType, payload: decoded, signatures: signatures.map(readSignature) } };
}

function readSignature(entry: unknown): Uint8Array | null {
  const encoded = isJsonObject(entry) ? entry["sig"] : undefined;
  return typeof encoded === "string" ? decodeAnyBase64(encoded) : null;
}

/**
 * Returns the bytes that a DSSE signature is over: `DSSEv1 <length> <type> <length> <payload>`, lengths in bytes.
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#signature-definition
 */
export function encodePreAuthentication(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Says what is wrong if more stands beside the payload than may: nobody signed it, so it may be anything. */
export function faultOfUnsigned(size: number, { payload }: Pick<DsseEnvelope, "payload">): string | null {
  const unsigned = size - Math.ceil(payload.length / 3) * 4;
  return unsigned > UNSIGNED_PART_LIMIT_BYTES
    ? `an envelope with ${unsigned} bytes beside its payload, past the limit of ${UNSIGNED_PART_LIMIT_BYTES}`
    : null;
}
