import type { KeySigner, Policy } from "../../watchlist/watch-list.ts";
import { loadPublicKey, type TrustedKey } from "./load-public-key.ts";

/** One public key of a policy with every signer entry that names it: a key listed twice is still one signer. */
export interface PolicyKey {
  readonly key: TrustedKey;
  /** Never empty; in the order of the policy. */
  readonly signers: readonly KeySigner[];
}

/** Parsing a key costs as much as verifying with it, and a policy serves thousands of candidates. */
const LOADED = new WeakMap<Policy, readonly PolicyKey[]>();

/** Returns the usable keys of a policy, each once. `unsupportedSigners` names those that are left out. */
export function loadPolicyKeys(policy: Policy): readonly PolicyKey[] {
  const known = LOADED.get(policy);
  if (known) return known;
  const keys = new Map<string, { key: TrustedKey; signers: KeySigner[] }>();
  for (const signer of policy.signers) {
    if (signer.kind !== "key" || signer.pem === null) continue;
    const loaded = loadPublicKey(signer.pem);
    if (loaded.kind === "malformed") continue;
    const entry = keys.get(loaded.key.fingerprint);
    if (entry) entry.signers.push(signer);
    else keys.set(loaded.key.fingerprint, { key: loaded.key, signers: [signer] });
  }
  const result = [...keys.values()];
  LOADED.set(policy, result);
  return result;
}
