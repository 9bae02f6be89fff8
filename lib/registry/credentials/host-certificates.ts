import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** PEM texts for one host. */
export interface HostCertificates {
  readonly authorities: readonly string[];
  readonly certificate: string | null;
  readonly key: string | null;
}

export const NO_CERTIFICATES: HostCertificates = { authorities: [], certificate: null, key: null };

/**
 * Reads `<directory>/<host>` as Docker does: `*.crt` are authorities, `<name>.cert` and `<name>.key` the client's own. A directory that is
 * missing or unreadable counts as empty. https://docs.docker.com/engine/security/certificates/
 */
export function loadHostCertificates(directory: string, host: string): HostCertificates {
  try {
    const folder = join(directory, host);
    const names = readdirSync(folder).toSorted();
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const own = names.find((name) => name.endsWith(".cert") && names.includes(name.replace(/\.cert$/, ".key")));
    return {
      authorities: names.filter((name) => name.endsWith(".crt")).map(read),
      certificate: own === undefined ? null : read(own),
      key: own === undefined ? null : read(own.replace(/\.cert$/, ".key")),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error) return NO_CERTIFICATES;
    throw error;
  }
}
