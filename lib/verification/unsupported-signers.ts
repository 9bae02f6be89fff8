import type { Policy, Signer } from "../watchlist/watch-list.ts";
import { loadPublicKey } from "./key/load-public-key.ts";

/**
 * Lists the policy's signers that this version cannot judge, as `name (kind)`. A release that only they may have signed is unknown and
 * never unsigned. Empty if every signer can be judged.
 */
export function unsupportedSigners(policy: Policy): readonly string[] {
  const known = JUDGED.get(policy);
  if (known) return known;
  const unsupported = policy.signers.flatMap((signer) => {
    const cause = unsupportedCause(signer);
    return cause === null ? [] : [`${signer.name} (${cause})`];
  });
  JUDGED.set(policy, unsupported);
  return unsupported;
}

/** A policy serves thousands of releases, and parsing its keys costs as much as verifying with them. */
const JUDGED = new WeakMap<Policy, readonly string[]>();

function unsupportedCause(signer: Signer): string | null {
  if (signer.kind === "gpg" || signer.kind === "notation") return signer.kind;
  if (signer.kind !== "key") return null;
  if (signer.pem === null) return `key in ${signer.source}`;
  const loaded = loadPublicKey(signer.pem);
  return loaded.kind === "malformed" ? `key: ${loaded.detail}` : null;
}
