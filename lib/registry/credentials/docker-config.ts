import { readFile } from "node:fs/promises";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { ANONYMOUS, type Credential } from "./credential.ts";
import { askCredentialHelper, type Environment } from "./credential-helper.ts";
import { findDockerEntry, readDockerEntry } from "./docker-entry.ts";
import { dockerServerOf, normaliseDockerHost } from "./docker-host.ts";

/**
 * Loads the credentials that a Docker configuration file (`config.json`, or podman's `auth.json`) has for a host. Null if it does not name
 * exactly that host. A helper for the host comes first, then an entry, then the store for all hosts.
 * https://docs.docker.com/reference/cli/docker/login/
 */
export async function loadDockerCredential(file: string, host: string, environment: Environment): Promise<Credential | null> {
  const config = await readConfig(file);
  if (config === null) return null;
  if (config === "malformed") return { kind: "unavailable", detail: `${file} is no JSON object` };
  const wanted = normaliseDockerHost(host);
  if (wanted === null) return null;
  const helper = findDockerEntry(config["credHelpers"], wanted);
  if (helper) return askHelper(helper.value, dockerServerOf(wanted) ?? helper.key, environment);
  const entry = findDockerEntry(config["auths"], wanted);
  const credential = entry ? readDockerEntry(entry.value, entry.key, file) : null;
  if (credential !== null) return credential;
  if (typeof config["credsStore"] !== "string" || config["credsStore"] === "") return null;
  const stored = await askHelper(config["credsStore"], dockerServerOf(wanted) ?? entry?.key ?? host, environment);
  return stored === ANONYMOUS ? null : stored;
}

async function readConfig(file: string): Promise<JsonObject | "malformed" | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    return null;
  }
  const parsed = parseJson(bytes);
  return parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value : "malformed";
}

function askHelper(name: unknown, server: string, environment: Environment): Promise<Credential> {
  return askCredentialHelper(typeof name === "string" ? name : "", server, environment);
}
