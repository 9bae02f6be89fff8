import { quoteFound } from "./quote-found.ts";
import { reportError, resolvePath, type YamlValue } from "./source-file.ts";

/** Reads PEM text, written out or in a file that the watch list names. Null (reported) if there is none. */
export function readPem(text: string, value: YamlValue): string | null {
  if (text.includes("-----BEGIN")) return text;
  const pem = value.file.files.read(resolvePath(value.file, text));
  if (pem?.includes("-----BEGIN")) return pem;
  const [code, message, remedy] =
    pem === null
      ? ["missing-file", `found no readable file ${quoteFound(text)} for ${value.label}`, "write a path relative to the file that names it"]
      : ["bad-key", `found no PEM text in ${quoteFound(text)}`, "write the path of a file with -----BEGIN …----- (openssl converts DER)"];
  return reportError(value, code, message, remedy);
}

/** Returns the types of the PEM blocks in a text, such as `PUBLIC KEY`, in order. */
export function listPemBlocks(pem: string): string[] {
  return [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map((match) => match[1]!);
}
