import { join } from "node:path";
import { ANONYMOUS, type Credential, type CredentialSource } from "./credential.ts";
import type { Environment } from "./credential-helper.ts";
import { loadDockerCredential } from "./docker-config.ts";

const ECR = /^(?:\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws))$/;

/**
 * Credentials as the watch list words them: `docker` (the default), `env:USER,PASSWORD` (names of variables), `anonymous`.
 * ECR hosts without a Docker entry, `ecr` and `awssecret:` are `unavailable` in this version, never anonymous.
 */
export function createCredentialSource(environment: Environment): CredentialSource {
  return {
    async load(registry, setting) {
      if (setting === "anonymous") return ANONYMOUS;
      if (setting?.startsWith("env:")) return readVariables(setting.slice("env:".length), environment);
      if (setting !== null && setting !== "docker") {
        return { kind: "unavailable", detail: `credentials "${setting.split(":", 1)[0]}" are not built in this version` };
      }
      const credential = await loadFromFiles(registry, environment);
      if (credential !== null) return credential;
      return ECR.test(registry) && setting === null
        ? { kind: "unavailable", detail: "credentials from AWS are not built in this version" }
        : ANONYMOUS;
    },
  };
}

/** podman's file comes first, where it is named; both are asked for the exact host. */
async function loadFromFiles(registry: string, environment: Environment): Promise<Credential | null> {
  const folder = environment["DOCKER_CONFIG"] || (environment["HOME"] ? join(environment["HOME"], ".docker") : "");
  const files = [environment["REGISTRY_AUTH_FILE"] ?? "", folder === "" ? "" : join(folder, "config.json")];
  for (const file of files) {
    const credential = file === "" ? null : await loadDockerCredential(file, registry, environment);
    if (credential !== null) return credential;
  }
  return null;
}

function readVariables(names: string, environment: Environment): Credential {
  const [user = "", password = ""] = names.split(",").map((name) => name.trim());
  const missing = [user, password].filter((name) => !environment[name]);
  if (missing.length > 0) return { kind: "unavailable", detail: `environment variable ${missing.join(" and ") || "(no name)"} is not set` };
  return { kind: "basic", username: environment[user]!, password: environment[password]! };
}
