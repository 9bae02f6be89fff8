import { readFileSync } from "node:fs";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { parseAwsSecret } from "../../lib/watchlist/read/aws-secret.ts";

/**
 * Returns the value behind `env:NAME`, `file:PATH`, `awssecret:///NAME` or a plain path. It is never part of a message. Throws
 * SealwatchError `credentials`, which begins with `where`.
 */
export async function resolveSecret(reference: string, where: string, readSecret: SecretReader): Promise<string> {
  if (reference.startsWith("env:")) {
    const value = process.env[reference.slice(4)];
    if (value === undefined || value === "")
      throw new SealwatchError("credentials", `${where}: the environment variable ${reference.slice(4)} is not set`);
    return value;
  }
  const secret = parseAwsSecret(reference);
  if (secret !== null) {
    const read = await readSecret(secret);
    if (read.kind === "unavailable") throw new SealwatchError("credentials", `${where}: ${read.detail}`);
    return read.text;
  }
  const path = reference.startsWith("file:") ? reference.slice(5) : reference;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("credentials", `${where}: ${path} cannot be read`, { cause: error });
  }
}

/** Returns an address that is written out or kept like a secret. It is never part of a message. */
export async function resolveSecretUrl(text: string, where: string, readSecret: SecretReader): Promise<string> {
  return /^(?:env|file|awssecret):/.test(text) ? (await resolveSecret(text, where, readSecret)).trim() : text;
}
