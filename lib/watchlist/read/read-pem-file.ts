import { quoteFound } from "./quote-found.ts";
import { reportError, resolvePath, type YamlValue } from "./source-file.ts";

/** The text of a PEM file that the watch list names, or null (reported). */
export function readPemFile(path: string, value: YamlValue): string | null {
  const text = value.file.files.read(resolvePath(value.file, path));
  if (text === null) {
    reportError(
      value,
      "missing-file",
      `found no readable file ${quoteFound(path)} for ${value.label}`,
      "write a path relative to the file that names it",
    );
    return null;
  }
  if (text.includes("-----BEGIN")) return text;
  reportError(
    value,
    "bad-key",
    `found no PEM text in ${quoteFound(path)}`,
    "write the path of a file with -----BEGIN …----- (openssl converts DER)",
  );
  return null;
}

/** The types of the PEM blocks in a text, such as `PUBLIC KEY`, in order. */
export function listPemBlocks(pem: string): string[] {
  return [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map((match) => match[1]!);
}
