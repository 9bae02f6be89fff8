import type { HistoryReader } from "../history/store.ts";
import type { Digest } from "../oci/digest.ts";
import { parseEpochDocument } from "../watchlist/record/epoch-document.ts";
import type { Policy, Signer } from "../watchlist/watch-list.ts";
import type { PackGaps } from "./pack-gaps.ts";
import type { PackShelf } from "./pack-shelf.ts";

/** A policy that verdicts rest on, with the file of each signer's key. */
export interface PackedPolicy {
  readonly policy: Policy;
  readonly keys: ReadonlyMap<string, string>;
}

/** The sources that a policy is read from, and the shelf that it is put on. */
export interface PolicySource {
  readonly store: Pick<HistoryReader, "loadEvidence">;
  readonly shelf: PackShelf;
  readonly gaps: PackGaps;
}

/**
 * Adds the keys, certificates and trusted roots of an epoch: those of the verdict, not those of today. The first line of its document names
 * the digests of the roots. Returns null if the policy is not kept.
 */
export async function packPolicy(epoch: Digest, { store, shelf, gaps }: PolicySource): Promise<PackedPolicy | null> {
  const bytes = await gaps.find(store, epoch, "a policy with its keys");
  if (typeof bytes === "string") return null;
  const text = new TextDecoder().decode(bytes);
  const [head = ""] = text.split("\n", 1);
  const document = parseEpochDocument(text.slice(head.length + 1));
  if (document === null) return null;
  const { policy } = document;
  for (const word of head.split(" ").slice(1)) {
    const [name = "", digest = ""] = word.split("=");
    const root = await gaps.find(store, digest as Digest, `the trusted root ${name}`);
    if (typeof root !== "string") shelf.addNamed("roots", name, "json", new TextDecoder().decode(root));
  }
  const keys = new Map<string, string>();
  for (const signer of policy.signers) {
    const file = packSigner(`${policy.name}-${signer.name}`, signer, shelf);
    if (file !== null) keys.set(signer.name, file);
  }
  return { policy, keys };
}

/** Adds the keys, certificates and roots of a signer. Returns the file of a public key, or null for other kinds of signers. */
function packSigner(name: string, signer: Signer, shelf: PackShelf): string | null {
  if (signer.kind === "key") return signer.pem === null ? null : shelf.addNamed("keys", name, "pub", signer.pem);
  if (signer.kind === "certificates" || signer.kind === "notation") shelf.addNamed("keys", name, "pem", signer.pems.join("\n"));
  const root = "trustedRoot" in signer ? signer.trustedRoot : undefined;
  if (root !== undefined && root !== "public-good" && root !== "github") shelf.addNamed("roots", name, "json", root);
  return null;
}
