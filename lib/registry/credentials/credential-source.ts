import { join } from "node:path";
import { parseAwsSecret } from "../../watchlist/read/aws-secret.ts";
import { ANONYMOUS, type Credential, type CredentialSource } from "./credential.ts";
import type { Environment } from "./credential-helper.ts";
import { loadDockerCredential } from "./docker-config.ts";
import { profileOf } from "../vendors/profiles.ts";
import { loadEcrCredential, type EcrSurroundings } from "./load-ecr-credential.ts";
import { readRegistrySecret } from "./read-registry-secret.ts";
import type { SecretReader } from "./secret-reader.ts";

/** What credentials are loaded from. */
interface CredentialSurroundings extends EcrSurroundings {
  readonly environment: Environment;
  readonly readSecret: SecretReader;
}

/**
 * Creates the source of credentials as the watch list words them: `docker` (the default), `env:USER,PASSWORD` (names of variables), `ecr`
 * and `ecr:ROLE_ARN` (the default for hosts of ECR without a Docker entry), `awssecret:///NAME`, `anonymous`. If the credentials cannot be
 * obtained, they are `unavailable`, never anonymous.
 */
export function createCredentialSource(surroundings: CredentialSurroundings): CredentialSource {
  const { environment } = surroundings;
  return {
    async load(registry, setting) {
      if (setting === "anonymous") return { ...ANONYMOUS, why: "the watch list says anonymous" };
      if (setting?.startsWith("env:")) return readVariables(setting.slice("env:".length), environment);
      if (setting === "ecr") return loadEcrCredential(registry, null, surroundings);
      if (setting?.startsWith("ecr:")) return loadEcrCredential(registry, setting.slice("ecr:".length), surroundings);
      if (setting !== null && setting !== "docker") return loadSecret(registry, setting, surroundings.readSecret);
      const credential = await loadFromFiles(registry, environment);
      if (credential !== null) return credential;
      const login = setting === null ? profileOf(registry).defaultLogin : undefined;
      return login?.(registry, surroundings) ?? { ...ANONYMOUS, why: `no login for ${registry}${sourcesOf(environment)}` };
    },
  };
}

async function loadSecret(registry: string, setting: string, readSecret: SecretReader): Promise<Credential> {
  const secret = parseAwsSecret(setting);
  if (secret === null) return { kind: "unavailable", detail: "the watch list names credentials that are not known" };
  const read = await readSecret(secret);
  return read.kind === "unavailable" ? read : readRegistrySecret(read.text, registry, `the secret ${secret.id}`);
}

async function loadFromFiles(registry: string, environment: Environment): Promise<Credential | null> {
  for (const file of filesOf(environment)) {
    const credential = await loadDockerCredential(file, registry, environment);
    if (credential !== null) return credential;
  }
  return null;
}

/** Podman's file first, if it is named, then Docker's. Both are searched for the exact host. */
function filesOf(environment: Environment): string[] {
  const folder = environment["DOCKER_CONFIG"] || (environment["HOME"] ? join(environment["HOME"], ".docker") : "");
  return [environment["REGISTRY_AUTH_FILE"] ?? "", folder === "" ? "" : join(folder, "config.json")].filter((file) => file !== "");
}

function sourcesOf(environment: Environment): string {
  const files = filesOf(environment);
  return files.length === 0 ? "" : ` in ${files.join(" or ")}`;
}

function readVariables(names: string, environment: Environment): Credential {
  const [user = "", password = ""] = names.split(",").map((name) => name.trim());
  const missing = [user, password].filter((name) => !environment[name]);
  if (missing.length > 0) return { kind: "unavailable", detail: `environment variable ${missing.join(" and ") || "(no name)"} is not set` };
  return { kind: "basic", username: environment[user]!, password: environment[password]! };
}
