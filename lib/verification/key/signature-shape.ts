/** Two integers of P-521 with their headers. */
const ECDSA_DER_LIMIT_BYTES = 141;
const ED25519_BYTES = 64;
const RSA_BYTES = { least: 256, most: 1024 } as const;

/** Reports whether a supported key could have made the bytes: ECDSA in DER, Ed25519 or RSA. If not, no key verifies them. */
export function isSignatureShaped(signature: Uint8Array): boolean {
  const { length } = signature;
  return isEcdsaDer(signature) || length === ED25519_BYTES || (length >= RSA_BYTES.least && length <= RSA_BYTES.most);
}

/**
 * Reports whether the bytes are exactly `SEQUENCE { INTEGER r, INTEGER s }` in DER, both positive and of minimal length, nothing after it.
 * https://datatracker.ietf.org/doc/html/rfc3279#section-2.2.3
 */
export function isEcdsaDer(signature: Uint8Array): boolean {
  if (signature.length > ECDSA_DER_LIMIT_BYTES || signature[0] !== 0x30) return false;
  const longForm = signature[1] === 0x81;
  const contentLength = signature[longForm ? 2 : 1] ?? 0;
  if (longForm ? contentLength < 0x80 : contentLength >= 0x80) return false;
  const start = longForm ? 3 : 2;
  if (start + contentLength !== signature.length) return false;
  const afterR = endOfPositiveInteger(signature, start);
  return afterR > 0 && endOfPositiveInteger(signature, afterR) === signature.length;
}

/** Returns the index after the DER integer that starts at `at`, or -1 if there is none above zero. */
function endOfPositiveInteger(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? 0;
  const first = bytes[at + 2] ?? 0;
  if (bytes[at] !== 0x02 || length === 0 || length >= 0x80 || at + 2 + length > bytes.length) return -1;
  if (first >= 0x80) return -1;
  if (first === 0 && (length === 1 || (bytes[at + 3] ?? 0) < 0x80)) return -1;
  return at + 2 + length;
}
