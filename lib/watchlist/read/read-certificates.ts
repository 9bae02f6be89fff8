import { X509Certificate } from "node:crypto";
import { quoteFound } from "./quote-found.ts";
import { listPemBlocks, readPem } from "./read-pem.ts";
import { reportError, type YamlValue } from "./source-file.ts";

/** Reads a list of PEM certificates, from files or written out. */
export function readCertificates(items: readonly { text: string; at: YamlValue }[]): string[] {
  return items.flatMap(({ text, at }) => readCertificate(text, at) ?? []);
}

function readCertificate(text: string, at: YamlValue): string | null {
  const pem = readPem(text, at);
  if (pem === null) return null;
  const blocks = listPemBlocks(pem);
  if (blocks.some((name) => name.includes("PRIVATE"))) {
    const message = `found a private key in ${quoteFound(text)}, where certificates are expected`;
    return reportError(at, "private-key", message, "write a file that holds certificates only");
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length > 0 && certificates.length === blocks.length && certificates.every(isCertificate)) return `${pem.trim()}\n`;
  const message = `found PEM text that is no readable certificate in ${quoteFound(text)}`;
  return reportError(at, "bad-certificate", message, "write a file with -----BEGIN CERTIFICATE-----");
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
