import type { HistoryReader } from "../history/store.ts";
import type { Digest } from "../oci/digest.ts";
import { parseEpochDocument } from "../watchlist/record/epoch-document.ts";
import type { Policy, Signer } from "../watchlist/watch-list.ts";
import type { PackGaps } from "./pack-gaps.ts";
import type { PackShelf } from "./pack-shelf.ts";

/** A policy that verdicts rest on, and the file of each signer's key. */
export interface PackedPolicy {
  readonly policy: Policy;
  readonly keys: ReadonlyMap<string, string>;
}

/** Where policies come from and go to. */
export interface PolicySource {
  readonly store: Pick<HistoryReader, "loadEvidence">;
  readonly shelf: PackShelf;
  readonly gaps: PackGaps;
}

/**
 * Lays down the keys, certificates and trusted roots of an epoch: those that the verdict was given by, and not those of today. Its document
 * names roots by their digests in its first line. Null where it is not kept.
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

/** The file of a public key; null of any other signer, whose certificates or root are laid down all the same. */
function packSigner(name: string, signer: Signer, shelf: PackShelf): string | null {
  if (signer.kind === "key") return signer.pem === null ? null : shelf.addNamed("keys", name, "pub", signer.pem);
  if (signer.kind === "certificates" || signer.kind === "notation") shelf.addNamed("keys", name, "pem", signer.pems.join("\n"));
  const root = "trustedRoot" in signer ? signer.trustedRoot : undefined;
  if (root !== undefined && root !== "public-good" && root !== "github") shelf.addNamed("roots", name, "json", root);
  return null;
}
