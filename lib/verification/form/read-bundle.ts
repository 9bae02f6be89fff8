import { createHash } from "node:crypto";
import { hexOf, type Digest } from "../../oci/digest.ts";
import type { SignatureEvidence } from "./evidence.ts";
import { parseBundle, type SigstoreBundle } from "./parse-bundle.ts";
import { unusable, type ReadEvidence, type SignedContent, type SignedFormReader } from "./read-evidence.ts";
import { readEnvelope } from "./read-envelope.ts";

/** A Sigstore bundle. What cannot be read counts as a signature that is there. https://docs.sigstore.dev/about/bundle/ */
export const SIGSTORE_BUNDLE: SignedFormReader = {
  kind: "signed",
  evidence: "signature",
  read: (bytes, _annotations, { target, artifact }) => readBundle(bytes, target, artifact),
};

function readBundle(bytes: Uint8Array, target: Digest, artifact: Uint8Array | null): ReadEvidence {
  const parsed = parseBundle(bytes);
  if (parsed.kind === "malformed") return unusable("unverifiable", parsed.detail);
  const { claim, chain, logEntries, timestamps, content } = parsed.bundle;
  if (content.kind === "message") return readMessage(content, parsed.bundle, target, artifact);
  return readEnvelope(content.envelope, { evidence: "signature", claim, chain, logEntries, timestamps, layer: null });
}

/**
 * A signature over the bytes of the manifest itself. Only the target's own digest is ever verified: for a digest that the attacker
 * chooses, an ECDSA signature can be made without the key.
 */
function readMessage(
  message: Extract<SigstoreBundle["content"], { kind: "message" }>,
  { claim, chain, logEntries, timestamps }: SigstoreBundle,
  target: Digest,
  artifact: Uint8Array | null,
): ReadEvidence {
  const { algorithm, digest, signature } = message;
  if (signature === null || signature.length === 0) return unusable("invalid-signature", "a bundle whose signature is not base64");
  const expected = artifact !== null && algorithm !== "" ? createHash(algorithm).update(artifact).digest() : digestFor(target, algorithm);
  if (expected === null || !expected.equals(digest)) {
    const said = Buffer.from(digest).toString("hex").slice(0, 128);
    return unusable("unverifiable", `a message signature that says to be over ${said} and not over ${target}`);
  }
  const signed = artifact === null ? ({ kind: "digest", sha256: expected } as const) : ({ kind: "bytes", bytes: artifact } as const);
  const evidence: SignatureEvidence = {
    evidence: "signature",
    signature,
    signed,
    claim,
    chain,
    logEntries,
    timestamps,
    stamped: signature,
    envelope: null,
  };
  const content = (asked: Digest): SignedContent => ({
    kind: "read",
    namesTarget: asked === target,
    named: target,
    annotations: {},
    predicate: {},
  });
  return { kind: "read", items: [{ evidence, predicateType: null, couldName: (asked) => asked === target, content }] };
}

function digestFor(target: Digest, algorithm: string): Buffer | null {
  return algorithm === "sha256" && target.startsWith("sha256:") ? Buffer.from(hexOf(target), "hex") : null;
}
