import { X509Certificate } from "node:crypto";
import { quoteFound } from "./quote-found.ts";
import { listPemBlocks, readPemFile } from "./read-pem-file.ts";
import { reportError, type YamlValue } from "./source-file.ts";

/** Reads a list of PEM certificates, from files or written out. */
export function readCertificates(items: readonly { text: string; at: YamlValue }[]): string[] {
  return items.flatMap(({ text, at }) => {
    const inline = text.includes("-----BEGIN");
    const pem = inline ? text : readPemFile(text, at);
    return pem !== null && acceptCertificates(pem, inline ? "PEM text" : quoteFound(text), at) ? [`${pem.trim()}\n`] : [];
  });
}

function acceptCertificates(pem: string, what: string, value: YamlValue): boolean {
  const blocks = listPemBlocks(pem);
  if (blocks.some((name) => name.includes("PRIVATE"))) {
    reportError(
      value,
      "private-key",
      `found a private key in ${what}, where certificates are expected`,
      "write a file that holds certificates only",
    );
    return false;
  }
  const texts = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (texts.length === 0 || texts.length !== blocks.length || !texts.every(isCertificate)) {
    reportError(
      value,
      "bad-certificate",
      `found PEM text that is no readable certificate in ${what}`,
      "write a file with -----BEGIN CERTIFICATE-----",
    );
    return false;
  }
  return true;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
