import { isDigest, type Digest } from "../../oci/digest.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { malformed, type Malformed } from "../malformed.ts";

/** What cosign's payload says. The docker-reference rightly differs in mirrors and promotions, so it binds nothing. */
interface SimpleSigningPayload {
  readonly digest: Digest;
  readonly annotations: Readonly<Record<string, unknown>>;
}

type ParsedPayload = { readonly kind: "parsed"; readonly payload: SimpleSigningPayload } | Malformed;

const TYPE = "cosign container image signature";
const DIGEST_MEMBER = "docker-manifest-digest";

/**
 * Parses the signed payload of a simple signature: strict JSON without repeated keys, and only the members that the format has, as
 * containers/image demands. A critical member that is not understood must not be skipped, and Go readers ignore the case of names.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing
 */
export function parseSimpleSigningPayload(bytes: Uint8Array): ParsedPayload {
  const json = parseJson(bytes, { duplicateKeys: "refuse" });
  if (json.kind === "malformed") return malformed(`its payload is refused: ${json.detail}`);
  const document = json.value;
  if (!hasOnly(document, ["critical", "optional"])) return malformed("its payload is no object of critical and optional");
  const { critical, optional } = document;
  if (!hasOnly(critical, ["identity", "image", "type"])) return malformed("the critical part of its payload is not as the format has it");
  if (critical["type"] !== TYPE) return malformed(`its payload is not of type "${TYPE}"`);
  const { identity, image } = critical;
  if (identity !== undefined && !hasOnly(identity, ["docker-reference"]))
    return malformed("the identity in its payload is not as the format has it");
  if (!hasOnly(image, [DIGEST_MEMBER])) return malformed("the image in its payload is not as the format has it");
  const digest = image[DIGEST_MEMBER];
  if (!isDigest(digest)) return malformed("its payload names no well-formed digest");
  if (optional !== undefined && optional !== null && !isJsonObject(optional))
    return malformed("the optional part of its payload is no object");
  return { kind: "parsed", payload: { digest, annotations: isJsonObject(optional) ? optional : {} } };
}

function hasOnly(value: unknown, names: readonly string[]): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).every((name) => names.includes(name));
}
