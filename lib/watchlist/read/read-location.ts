import { parseRepository, type Repository } from "../../oci/reference.ts";
import { parseAwsSecret } from "./aws-secret.ts";
import { quoteFound } from "./quote-found.ts";
import { readText } from "./read-value.ts";
import { reportError, resolvePath, type YamlValue } from "./source-file.ts";
import { readWebAddress } from "./web-address.ts";

const SECRET_REMEDY = "write env:NAME, file:PATH or awssecret:///NAME";

/** Reports whether text says where a secret is stored, instead of being one. */
export function isSecretReference(text: string): boolean {
  return /^env:[A-Za-z_]\w*$/.test(text) || /^file:.+$/.test(text) || parseAwsSecret(text) !== null;
}

/** Reads a reference to a secret, and makes a relative `file:` path absolute. Other text may be the secret itself, so it is not shown. */
export function readSecretReference(value: YamlValue | undefined): string | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  if (isSecretReference(text)) return text.startsWith("file:") ? `file:${resolvePath(value.file, text.slice("file:".length))}` : text;
  return reportError(value, "bad-secret", `found text that is no reference to a secret for ${value.label}`, SECRET_REMEDY);
}

/** Reads a URL that may itself be a secret, written out or as a reference. It is never shown in messages. */
export function readSecretUrl(value: YamlValue | undefined): string | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  if (/^(?:env|file|awssecret):/.test(text)) return readSecretReference(value);
  return acceptUrl(text, value) ? text : null;
}

/** Reads a URL that is no secret. */
export function readUrl(value: YamlValue | undefined): string | null {
  const text = readText(value);
  return text !== null && value !== undefined && acceptUrl(text, value) ? text : null;
}

function acceptUrl(text: string, value: YamlValue): boolean {
  const address = readWebAddress(text);
  if (address.kind === "refused") reportError(value, address.code, `found ${address.found} ${value.label}`, address.remedy);
  return address.kind === "accepted";
}

/** Reads a repository, without tag or digest. */
export function readRepository(value: YamlValue | undefined): Repository | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  const refuse = (reason: string, remedy = "write registry/path without tag or digest, such as ghcr.io/acme/app"): null =>
    reportError(value, "bad-repository", `found ${quoteFound(text)} for ${value.label}${reason}`, remedy);
  if (/^[a-z]+:\/\//i.test(text)) return refuse(", which starts like a web address");
  if (text.includes("@")) return refuse(", which names a digest", `write ${quoteFound(text.slice(0, text.indexOf("@")))}`);
  const parsed = parseRepository(text);
  if (parsed.kind === "parsed") return parsed.repository;
  const untagged = text.replace(/:[^:/]*$/, "");
  if (untagged !== text && parseRepository(untagged).kind === "parsed")
    return refuse(", which names a tag", `write ${quoteFound(untagged)}, and the tags under tags:`);
  if (text.includes("*")) return refuse(", which is a pattern", "write each repository's name (a list is allowed)");
  return refuse(`: ${parsed.detail}`);
}

/** Returns the name of a registry: lower-case, and `docker.io` for Docker Hub. Null if the text is no `host[:port]`. */
export function canonicalHost(text: string): string | null {
  const hasHost = /[.:]/.test(text) || text.toLowerCase() === "localhost";
  const parsed = parseRepository(`${text}/x`);
  if (parsed.kind === "malformed" || text.includes("/")) return null;
  return hasHost ? parsed.repository.registry : null;
}
