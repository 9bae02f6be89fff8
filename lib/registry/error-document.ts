import { isJsonObject, parseJson } from "../oci/parse-json.ts";

/** One entry of a registry's error document. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export interface RegistryError {
  readonly code: string;
  readonly message: string;
}

const ERRORS_LIMIT = 16;

/** Parses `{"errors":[{"code":…}]}`, whatever its content type. Returns null for anything else, so that a proxy's page never counts. */
export function parseErrorDocument(body: Uint8Array): RegistryError[] | null {
  const parsed = parseJson(body);
  if (parsed.kind === "malformed" || !isJsonObject(parsed.value)) return null;
  const errors = parsed.value["errors"];
  if (!Array.isArray(errors) || errors.length === 0 || errors.length > ERRORS_LIMIT) return null;
  const entries = errors.map((error: unknown) => {
    if (!isJsonObject(error) || typeof error["code"] !== "string") return null;
    return { code: error["code"], message: typeof error["message"] === "string" ? error["message"] : "" };
  });
  return entries.every((entry) => entry !== null) ? entries : null;
}
