import { hexOf, type Digest } from "../../oci/digest.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { STATEMENT_SUBJECTS_LIMIT, STATEMENT_VALUES_LIMIT } from "../limits.ts";
import { malformed, type Malformed } from "../malformed.ts";

/** An in-toto statement, as far as it binds something. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
interface Statement {
  readonly predicateType: string;
  /** At least one. */
  readonly subjects: readonly StatementSubject[];
  /** What is stated of the subjects; empty if it is no object. */
  readonly predicate: JsonObject;
}

/** The name in a subject is left out, because it proves nothing. */
interface StatementSubject {
  readonly digests: JsonObject;
  readonly annotations: JsonObject;
}

export type ParsedStatement = { readonly kind: "parsed"; readonly statement: Statement } | Malformed;

export const STATEMENT_TYPES: ReadonlySet<unknown> = new Set(["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]);

/** Parses a statement strictly, once a signer of the policy vouches for it: no repeated keys, a known `_type`, 1 to {@link STATEMENT_SUBJECTS_LIMIT} subjects with digests. */
export function parseStatement(bytes: Uint8Array): ParsedStatement {
  const json = parseJson(bytes, { duplicateKeys: "refuse", values: STATEMENT_VALUES_LIMIT });
  if (json.kind === "malformed") return malformed(`its statement is refused: ${json.detail}`);
  if (!isJsonObject(json.value)) return malformed("its statement is no JSON object");
  const { _type: type, subject: subjects, predicateType, predicate } = json.value;
  if (!STATEMENT_TYPES.has(type)) return malformed("its payload is no in-toto statement of version 0.1 or 1");
  if (typeof predicateType !== "string" || predicateType === "") return malformed("its statement has no predicateType");
  if (!Array.isArray(subjects) || subjects.length === 0) return malformed("its statement names no subject");
  if (subjects.length > STATEMENT_SUBJECTS_LIMIT) {
    return malformed(`its statement has ${subjects.length} subjects, past the limit of ${STATEMENT_SUBJECTS_LIMIT}`);
  }
  const read = subjects.map(readSubject);
  if (read.some((subject) => subject === null)) return malformed("a subject of its statement has no digest");
  const named = read.filter((subject) => subject !== null);
  return { kind: "parsed", statement: { predicateType, subjects: named, predicate: isJsonObject(predicate) ? predicate : {} } };
}

/** Returns the subjects that are the digest. It is compared in full, in lower-case hex, under its own algorithm. */
export function subjectsNaming(statement: Statement, digest: Digest): StatementSubject[] {
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  const hex = hexOf(digest);
  return statement.subjects.filter(({ digests }) => Object.hasOwn(digests, algorithm) && digests[algorithm] === hex);
}

function readSubject(value: unknown): StatementSubject | null {
  if (!isJsonObject(value) || !isJsonObject(value["digest"])) return null;
  const annotations = value["annotations"];
  return { digests: value["digest"], annotations: isJsonObject(annotations) ? annotations : {} };
}
