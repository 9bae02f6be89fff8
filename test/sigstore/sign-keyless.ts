import { createHash, sign } from "node:crypto";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { hexOf, type Digest } from "../../lib/oci/digest.ts";
import { makeCandidate, payloadFor, statementFor } from "../verification/make-candidate.ts";
import { makeLogAnnotation, makeLogEntry, type LogOptions } from "./test-log.ts";
import { makeKeyPair, toPem, type KeyPair } from "./test-pki.ts";
import type { IssueOptions, TestSigstore } from "./test-sigstore.ts";
import { makeTimestamp, type TimestampSigner } from "./test-timestamp.ts";

/** What differs from a good signature. */
export interface KeylessOptions extends IssueOptions {
  readonly form?: "simple-signing" | "bundle" | "message" | "attestation";
  /** When it is signed, logged and stamped (epoch milliseconds). */
  readonly at?: number;
  /** When the certificate was issued, if not then. */
  readonly issuedAt?: number;
  /** The log that the entry is in; null: none. */
  readonly log?: LogOptions | null;
  readonly promise?: boolean;
  readonly proof?: boolean;
  /** Who stamps; null: nobody. */
  readonly timestamps?: TimestampSigner | null;
  /** Changes what the entry of the log says. */
  readonly entry?: (body: { kind: string; apiVersion: string; spec: object }) => object;
  readonly key?: KeyPair;
  readonly predicateType?: string;
  readonly predicate?: object;
}

export const SIGNED_AT = Date.parse("2026-11-01T12:00:00Z");

/** A signature of the target under a Sigstore, as it would be found in a registry. */
export function signKeyless(sigstore: TestSigstore, target: Digest, options: KeylessOptions = {}): Candidate {
  const { form = "simple-signing", at = SIGNED_AT, log = sigstore.log, key = makeKeyPair() } = options;
  const certificate = sigstore.issue(key, options.issuedAt ?? at, options);
  const statement = statementFor(target, {
    ...(options.predicateType ? { predicateType: options.predicateType } : {}),
    predicate: options.predicate ?? {},
  });
  const payload = Buffer.from(form === "simple-signing" ? payloadFor(target) : statement);
  const type = "application/vnd.in-toto+json";
  const preAuthentication = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  const signed = form === "message" ? Buffer.from("the image itself") : form === "simple-signing" ? payload : preAuthentication;
  const signature = sign("sha256", signed, key.privateKey);
  const verifier = Buffer.from(toPem(certificate)).toString("base64");
  const record = {
    data: { hash: { algorithm: "sha256", value: sha256(signed) } },
    signature: { content: signature.toString("base64"), publicKey: { content: verifier } },
  };
  const dsse = {
    envelopeHash: hashOf("?"),
    payloadHash: hashOf(payload),
    signatures: [{ signature: signature.toString("base64"), verifier }],
  };
  const isEnvelope = form === "bundle" || form === "attestation";
  const body = { apiVersion: "0.0.1", kind: isEnvelope ? "dsse" : "hashedrekord", spec: isEnvelope ? dsse : record };
  const logged = options.entry?.(body) ?? body;
  const envelope = {
    payloadType: type,
    payload: payload.toString("base64"),
    signatures: [{ sig: signature.toString("base64"), keyid: "" }],
  };

  if (form === "simple-signing" || form === "attestation") {
    const layer = form === "attestation" ? Buffer.from(JSON.stringify(envelope)) : payload;
    const stamped = form === "attestation" ? layer : signature;
    const annotations = {
      "dev.cosignproject.cosign/signature": form === "attestation" ? "" : signature.toString("base64"),
      "dev.sigstore.cosign/certificate": toPem(certificate),
      "dev.sigstore.cosign/chain": "",
      ...(log === null ? {} : { "dev.sigstore.cosign/bundle": makeLogAnnotation(log, logged, at) }),
      ...(options.timestamps
        ? {
            "dev.sigstore.cosign/rfc3161timestamp": JSON.stringify({
              SignedRFC3161Timestamp: makeTimestamp(options.timestamps, stamped, at).toString("base64"),
            }),
          }
        : {}),
    };
    return makeCandidate(form === "attestation" ? "dsse-attestation" : "simple-signing", layer, { target, annotations });
  }
  const { promise = true, proof = true } = options;
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: certificate.toString("base64") },
      tlogEntries: log === null ? [] : [makeLogEntry(log, { body: logged, at, promise, proof })],
      timestampVerificationData: options.timestamps
        ? { rfc3161Timestamps: [{ signedTimestamp: makeTimestamp(options.timestamps, signature, at).toString("base64") }] }
        : undefined,
    },
    ...(form === "bundle"
      ? { dsseEnvelope: envelope }
      : {
          messageSignature: {
            messageDigest: { algorithm: "SHA2_256", digest: Buffer.from(hexOf(target), "hex").toString("base64") },
            signature: signature.toString("base64"),
          },
        }),
  };
  return makeCandidate("sigstore-bundle", JSON.stringify(bundle), { target, place: "referrers-api" });
}

function hashOf(bytes: Uint8Array | string): object {
  return { algorithm: "sha256", value: sha256(bytes) };
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
