import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { quoteFound } from "./quote-found.ts";
import { readText } from "./read-value.ts";
import { reportError, resolvePath, type YamlValue } from "./source-file.ts";

/** Reads `trustedRoot:`: the name of a built-in root, or the text of a trusted_root.json file. */
export function readTrustedRoot(value: YamlValue): string | null {
  const text = readText(value);
  if (text === null || text === "public-good" || text === "github") return text;
  const root = value.file.files.read(resolvePath(value.file, text));
  if (root === null) {
    const remedy = "write public-good, github or the path of a trusted_root.json file";
    return reportError(value, "missing-file", `found no readable file ${quoteFound(text)} for trustedRoot`, remedy);
  }
  const parsed = parseJson(Buffer.from(root, "utf8"));
  if (parsed.kind === "parsed" && isJsonObject(parsed.value)) return root;
  const message = `found no JSON document in ${quoteFound(text)}`;
  return reportError(value, "bad-trusted-root", message, "write the path of a trusted_root.json file");
}
