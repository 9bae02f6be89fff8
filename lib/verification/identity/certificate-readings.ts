import { ASN1Obj } from "@sigstore/core";

const TEXT_LIMIT_BYTES = 4096;
const UTF8_STRING_TAG = 0x0c;

/** Reads the extensions of one certificate by number, and notices if two that mean the same differ. May throw if one is malformed. */
export class CertificateReadings {
  contradictory = false;
  readonly #valueOf: (number: number) => Uint8Array | null;

  constructor(valueOf: (number: number) => Uint8Array | null) {
    this.#valueOf = valueOf;
  }

  /** Text without a header, as the first extensions have it. */
  raw(number: number): string | null {
    const value = this.#valueOf(number);
    return value === null ? null : decode(value);
  }

  /** A DER UTF8String. */
  text(number: number): string | null {
    const value = this.#valueOf(number);
    if (value === null) return null;
    if (value[0] !== UTF8_STRING_TAG) throw new TypeError("an extension that is no UTF8String");
    return decode(ASN1Obj.parseBuffer(Buffer.from(value)).value);
  }

  either(newer: string | null, older: string | null): string | null {
    if (newer !== null && older !== null && newer !== older) this.contradictory = true;
    return newer ?? older;
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > TEXT_LIMIT_BYTES) throw new TypeError("an extension of more text than is read");
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
