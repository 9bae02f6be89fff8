import { createHash } from "node:crypto";

/** Our constant namespace for the names in reports. */
const NAMESPACE = "0f6f9a3e-5d0b-4a53-9a43-6c1f0f7b9d21";

/** Derives a UUID from its parts, always the same: version 5 of RFC 9562, section 5.5, which OSCAL accepts beside version 4. */
export function deriveUuid(...parts: readonly string[]): string {
  const bytes = createHash("sha1")
    .update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"))
    .update(JSON.stringify(parts))
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.subarray(0, 16).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
