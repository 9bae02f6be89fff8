import { readFileSync } from "node:fs";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { parseTrustedRoot } from "../../lib/verification/trust/parse-trusted-root.ts";

/** Reads the trusted_root.json that `--trusted-root` names. Throws SealwatchError `usage` if it is not one. */
export function readRootFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("usage", `--trusted-root ${path}: cannot be read`, { cause: error });
  }
  const parsed = parseTrustedRoot(text);
  if (parsed.kind === "malformed")
    throw new SealwatchError("usage", `--trusted-root ${path}: ${parsed.detail}; write the path of a trusted_root.json file`);
  return text;
}
