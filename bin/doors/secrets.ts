import { readFileSync } from "node:fs";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** The value behind `env:NAME`, `file:PATH` or a plain path. Never part of a message. */
export function resolveSecret(reference: string, where: string): string {
  if (reference.startsWith("env:")) {
    const value = process.env[reference.slice(4)];
    if (value === undefined || value === "")
      throw new SealwatchError("credentials", `${where}: the environment variable ${reference.slice(4)} is not set`);
    return value;
  }
  if (reference.startsWith("awssecret:"))
    throw new SealwatchError("credentials", `${where}: awssecret: is not in this version; write env:NAME or file:PATH`);
  const path = reference.startsWith("file:") ? reference.slice(5) : reference;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("credentials", `${where}: ${path} cannot be read`, { cause: error });
  }
}

/** An address that may be written out, or lie where a secret lies. Never part of a message. */
export function resolveSecretUrl(text: string, where: string): string {
  return /^(?:env|file|awssecret):/.test(text) ? resolveSecret(text, where).trim() : text;
}
