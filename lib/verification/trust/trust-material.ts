import type { KeyObject } from "node:crypto";
import type { ParsedCertificate } from "../certificate/parse-certificate.ts";

/** What a trusted_root.json says about whom to believe for identities and times. Everything is parsed; nothing of it is secret. */
export interface TrustMaterial {
  /** Transparency logs of signatures (Rekor). */
  readonly logs: readonly LogAuthority[];
  /** Certificate transparency logs. */
  readonly ctLogs: readonly LogAuthority[];
  readonly certificateAuthorities: readonly CertificateAuthority[];
  readonly timestampAuthorities: readonly CertificateAuthority[];
  readonly demands: TrustDemands;
}

/**
 * What a certificate under this root must bring along. A root that names logs demands them, because whoever runs its authorities decided
 * that every certificate and every signature is public. GitHub's own root names none.
 */
interface TrustDemands {
  readonly log: "required" | "optional" | "none";
  readonly sct: "required" | "none";
}

export interface LogAuthority {
  readonly name: string;
  /** Names the log in entries, promises and certificate timestamps. */
  readonly keyId: Buffer;
  /** Names its key in checkpoints. */
  readonly checkpointKeyId: Buffer;
  readonly publicKey: KeyObject;
  readonly validFor: Validity;
}

/** The certificates of an authority as the root lists them, in any order; at least one. */
export interface CertificateAuthority {
  readonly name: string;
  readonly chain: readonly ParsedCertificate[];
  readonly validFor: Validity;
}

/** Epoch milliseconds, both ends included. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

export function includesTime({ from, to }: Validity, time: number): boolean {
  return from <= time && time <= to;
}

/**
 * Returns when the root itself ends (epoch milliseconds). From then on, none of its authorities issues certificates or none of its logs
 * takes entries, so that no later signature verifies under it. Earlier signatures still do.
 */
export function endOfRoot({ certificateAuthorities, logs }: TrustMaterial): number {
  const ends = [certificateAuthorities, logs].map((authorities) => authorities.map(({ validFor }) => validFor.to));
  return Math.min(...ends.map((group) => (group.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...group))));
}

/** The material to which a policy's signers refer, or why it is missing. */
export type FoundMaterial =
  | { readonly kind: "material"; readonly material: TrustMaterial }
  /** `code`: `trusted-root-missing` or `trusted-root-too-old`. */
  | { readonly kind: "missing"; readonly code: string; readonly detail: string };

/** Finds the material for the `trustedRoot` of a signer: `public-good`, `github`, or the text of a trusted_root.json. */
export type FindMaterial = (trustedRoot: string) => FoundMaterial;
