import { RE2JS, RE2JSSyntaxException } from "re2js";
import { reportOpenClaims } from "../lint/open-claims.ts";
import { reportOpenPattern } from "../lint/open-pattern.ts";
import { quoteFound } from "./quote-found.ts";
import { readUrl } from "./read-location.ts";
import { readTrustedRoot } from "./read-trusted-root.ts";
import { readMapping, readText } from "./read-value.ts";
import { reportError, type YamlValue } from "./source-file.ts";
import { reportVainIdentity } from "../lint/vain-identity.ts";
import type { KeylessSigner } from "../watch-list.ts";

const KEYS = ["issuer", "subject", "subjectPattern", "github", "trustedRoot"] as const;
/** Claims that Fulcio puts into certificates of GitHub's workflows, named as in a workflow file. */
const GITHUB_KEYS = ["repository", "ref", "workflow", "trigger"] as const;
const PLACEHOLDER = /\{(?<name>[A-Za-z_]\w*)\}/g;

type FoundKeyless = Omit<KeylessSigner, "kind" | "name" | "until">;

/** Reads `keyless:`: an issuer, with a subject, a pattern of it, or claims. */
export function readKeyless(value: YamlValue): FoundKeyless | null {
  const fields = readMapping(value, KEYS, { required: ["issuer"] });
  if (fields === null) return null;
  const issuer = readUrl(fields.issuer);
  const subject = readTemplate(fields.subject);
  const subjectPattern = readPattern(fields.subjectPattern);
  if (fields.subject && fields.subjectPattern) {
    const message = "found subject and subjectPattern in one signer";
    reportError(fields.subjectPattern, "contradiction", message, "write one of them, or two signers");
  }
  if (!fields.subject && !fields.subjectPattern && !fields.github) {
    const message = "found no subject in keyless: whoever has an account at the issuer could sign";
    reportError(value, "missing-key", message, "write subject: or subjectPattern:");
  }
  const github = fields.github === undefined ? null : readClaims(fields.github);
  reportOpenClaims(value, { subject, subjectPattern, github });
  const trustedRoot = fields.trustedRoot === undefined ? "public-good" : readTrustedRoot(fields.trustedRoot);
  reportVainIdentity(fields, { issuer, subject, github, trustedRoot: trustedRoot ?? "" });
  if (issuer === null || trustedRoot === null) return null;
  const source = readText(fields.trustedRoot);
  const fromFile = source === null || source === trustedRoot ? {} : { trustedRootSource: source };
  return { issuer, subject, subjectPattern, github, trustedRoot, ...fromFile };
}

/** Reads text that may contain `{tag}` and `{version}`, but no other placeholder. */
function readTemplate(value: YamlValue | undefined): string | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const name = match.groups?.["name"] ?? "";
    if (name === "tag" || name === "version") continue;
    const message = `found the placeholder ${quoteFound(`{${name}}`)} in ${value.label}`;
    reportError(value, "unknown-placeholder", message, "write {tag} or {version}");
  }
  return text;
}

function readPattern(value: YamlValue | undefined): string | null {
  const text = readTemplate(value);
  if (text === null || value === undefined) return null;
  try {
    const pattern = RE2JS.compile(text.replaceAll(PLACEHOLDER, "v1"));
    reportOpenPattern(value, text, (identity) => pattern.matches(identity));
    return text;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const message = `found ${quoteFound(text)} for ${value.label}: ${error.message}`;
    return reportError(value, "bad-pattern", message, "write an RE2 pattern (no look-around, no back-references)");
  }
}

function readClaims(value: YamlValue): Readonly<Record<string, string>> | null {
  const fields = readMapping(value, GITHUB_KEYS);
  if (fields === null) return null;
  if (Object.keys(fields).length === 0) reportError(value, "empty", "found no claim in github", "write repository: OWNER/NAME");
  return Object.fromEntries(GITHUB_KEYS.map((key) => [key, readTemplate(fields[key])]).filter(([, text]) => text !== null));
}
