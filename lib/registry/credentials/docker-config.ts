import { readFile } from "node:fs/promises";
import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { ANONYMOUS, type Credential } from "./credential.ts";
import { askCredentialHelper, type Environment } from "./credential-helper.ts";
import { DOCKER_HUB_SERVER, normaliseDockerHost } from "./docker-host.ts";

/**
 * The credentials that a Docker configuration file (`config.json`, or podman's `auth.json`) has for a host, or null where it
 * names the host nowhere. Only the exact host counts, never a suffix. A helper for that host comes first, then an entry,
 * then the store for all hosts. https://docs.docker.com/reference/cli/docker/login/
 */
export async function loadDockerCredential(file: string, host: string, environment: Environment): Promise<Credential | null> {
  const config = await readConfig(file);
  if (config === null) return null;
  if (config === "malformed") return { kind: "unavailable", detail: `${file} is no JSON object` };
  const wanted = normaliseDockerHost(host);
  if (wanted === null) return null;
  const helper = findEntry(config["credHelpers"], wanted);
  if (helper) return askHelper(helper.value, wanted === "docker.io" ? DOCKER_HUB_SERVER : helper.key, environment);
  const entry = findEntry(config["auths"], wanted);
  const credential = entry ? readEntry(entry.value, entry.key, file) : null;
  if (credential !== null) return credential;
  if (typeof config["credsStore"] !== "string" || config["credsStore"] === "") return null;
  const stored = await askHelper(config["credsStore"], wanted === "docker.io" ? DOCKER_HUB_SERVER : (entry?.key ?? host), environment);
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

function findEntry(entries: unknown, host: string): { readonly key: string; readonly value: unknown } | null {
  if (!isJsonObject(entries)) return null;
  const found = Object.entries(entries).find(([key]) => normaliseDockerHost(key) === host);
  return found ? { key: found[0], value: found[1] } : null;
}

function askHelper(name: unknown, server: string, environment: Environment): Promise<Credential> {
  return askCredentialHelper(typeof name === "string" ? name : "", server, environment);
}

/** Null for an entry without a secret: Docker leaves `{}` there when a store keeps it. */
function readEntry(entry: unknown, key: string, file: string): Credential | null {
  if (!isJsonObject(entry)) return { kind: "unavailable", detail: `${file}: the entry of ${key} is no object` };
  const text = (name: string): string => (typeof entry[name] === "string" ? entry[name] : "");
  const decoded = Buffer.from(text("auth"), "base64").toString("utf8").replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  if (text("auth") !== "" && colon < 0)
    return { kind: "unavailable", detail: `${file}: auth of ${key} is not the base64 of user:password` };
  const username = colon < 0 ? text("username") : decoded.slice(0, colon);
  const password = colon < 0 ? text("password") : decoded.slice(colon + 1);
  if (text("identitytoken") !== "") return { kind: "identity-token", username, token: text("identitytoken") };
  return username === "" && password === "" ? null : { kind: "basic", username, password };
}
