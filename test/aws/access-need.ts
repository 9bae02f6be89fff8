import type { AccessRequest } from "./evaluate-policy.ts";

/** What a caller must be allowed, so that a service answers one request: a request can need several. */
export type AccessNeed = AccessRequest;

/** A need whose condition keys are what every request has: it came by TLS, as all do outside of this machine. */
export function newNeed(action: string, resource: string, context: Readonly<Record<string, readonly string[]>> = {}): AccessNeed {
  const keys = Object.entries({ "aws:SecureTransport": ["true"], ...context });
  return { action, resource, context: Object.fromEntries(keys.map(([key, values]) => [key.toLowerCase(), values])) };
}

/** What a service asks of a key in the caller's name. `encryptionContext` is what the service binds the ciphertext to. */
export function newKeyNeed(
  action: "kms:Decrypt" | "kms:GenerateDataKey",
  key: string,
  service: string,
  encryptionContext: Readonly<Record<string, string>>,
): AccessNeed {
  const region = key.split(":")[3];
  const bound = Object.entries(encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, [value]] as const);
  return newNeed(action, key, {
    "kms:ViaService": [`${service}.${region}.amazonaws.com`],
    "kms:EncryptionContextKeys": Object.keys(encryptionContext),
    ...Object.fromEntries(bound),
  });
}
