import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Credential } from "./credential.ts";
import { findDockerEntry, readDockerEntry } from "./docker-entry.ts";
import { normaliseDockerHost } from "./docker-host.ts";

const REMEDY = `write a Docker configuration with auths, or {"host": …, "username": …, "password": …}`;

/**
 * Reads the login for a registry from the text of a secret: a Docker configuration with `auths`, or one host with user name and password.
 * The secret must name exactly that host; otherwise, anybody who may write the watch list could have it sent to any host. Its helpers
 * (`credHelpers`, `credsStore`) are programs, and never run. `source` names the secret in messages; its text is in none.
 */
export function readRegistrySecret(text: string, registry: string, source: string): Credential {
  const unavailable = (detail: string): Credential => ({ kind: "unavailable", detail: `${source}: ${detail}` });
  const parsed = parseJson(Buffer.from(text), { duplicateKeys: "refuse" });
  if (parsed.kind === "malformed" || !isJsonObject(parsed.value)) return unavailable(`found no JSON object; ${REMEDY}`);
  const wanted = normaliseDockerHost(registry);
  const { auths, host, username, password } = parsed.value;
  if (auths !== undefined) {
    const entry = wanted === null ? null : findDockerEntry(auths, wanted);
    // Messages about an entry show its key, so the registry's name is given, which is never a secret.
    return (entry && readDockerEntry(entry.value, registry, source)) ?? unavailable(`found no login for ${registry} under auths`);
  }
  if (!isFilled(host) || !isFilled(username) || !isFilled(password)) return unavailable(`found no login in it; ${REMEDY}`);
  if (wanted === null || normaliseDockerHost(host) !== wanted) return unavailable(`its login is for another host than ${registry}`);
  return { kind: "basic", username, password };
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
