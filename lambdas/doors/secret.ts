import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { parseAwsSecret } from "../../lib/watchlist/read/aws-secret.ts";

/**
 * Returns the text behind `awssecret:///NAME`; any other text is returned as it is. A function has no files or variables of its own, and
 * the deployment refuses a watch list that names some. Throws SealwatchError `credentials`, which begins with `where` and never contains
 * the secret.
 */
export async function resolveSecret(reference: string, where: string, readSecret: SecretReader): Promise<string> {
  const secret = parseAwsSecret(reference);
  if (secret === null) return reference;
  const read = await readSecret(secret);
  if (read.kind === "unavailable") throw new SealwatchError("credentials", `${where}: ${read.detail}`);
  return read.text;
}
