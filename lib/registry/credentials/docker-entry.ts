import { isJsonObject } from "../../oci/parse-json.ts";
import type { Credential } from "./credential.ts";
import { normaliseDockerHost } from "./docker-host.ts";

/** Finds the entry of `auths` or `credHelpers` whose key names exactly this host, as {@link normaliseDockerHost} spells it. */
export function findDockerEntry(entries: unknown, host: string): { readonly key: string; readonly value: unknown } | null {
  if (!isJsonObject(entries)) return null;
  const found = Object.entries(entries).find(([key]) => normaliseDockerHost(key) === host);
  return found ? { key: found[0], value: found[1] } : null;
}

/** Reads the login of an entry of `auths`. Null for Docker's `{}`, if a store keeps the login. `source` names the file in messages. */
export function readDockerEntry(entry: unknown, key: string, source: string): Credential | null {
  if (!isJsonObject(entry)) return { kind: "unavailable", detail: `${source}: the entry of ${key} is no object` };
  const text = (name: string): string => (typeof entry[name] === "string" ? entry[name] : "");
  const decoded = Buffer.from(text("auth"), "base64").toString("utf8").replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  if (text("auth") !== "" && colon < 0)
    return { kind: "unavailable", detail: `${source}: auth of ${key} is not the base64 of user:password` };
  const username = colon < 0 ? text("username") : decoded.slice(0, colon);
  const password = colon < 0 ? text("password") : decoded.slice(colon + 1);
  if (text("identitytoken") !== "") return { kind: "identity-token", username, token: text("identitytoken") };
  return username === "" && password === "" ? null : { kind: "basic", username, password };
}
