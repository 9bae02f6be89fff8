import { createPublicKey, type KeyObject } from "node:crypto";
import {
  TrustedRoot,
  type CertificateAuthority as AuthorityMessage,
  type TransparencyLogInstance as LogMessage,
} from "@sigstore/protobuf-specs";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { parseCertificate } from "../certificate/parse-certificate.ts";
import { CERTIFICATE_CHAIN_LIMIT } from "../limits.ts";
import type { CertificateAuthority, LogAuthority, Validity, TrustMaterial } from "./trust-material.ts";
import { malformed, type Malformed } from "../malformed.ts";

type ParsedTrustedRoot = { readonly kind: "parsed"; readonly material: TrustMaterial } | Malformed;

const MEDIA_TYPE_PREFIX = "application/vnd.dev.sigstore.trustedroot";
const AUTHORITIES_LIMIT = 64;

/**
 * Reads a trusted_root.json.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 *
 * An authority that cannot be read (a key of a future kind, a validity without a start) is left out, so that it does not make the others
 * unusable. A signature that it vouches for is then by an unknown authority.
 */
export function parseTrustedRoot(text: string): ParsedTrustedRoot {
  const json = parseJson(Buffer.from(text, "utf8"));
  if (json.kind === "malformed") return malformed(json.detail);
  if (!isJsonObject(json.value)) return malformed("no JSON object");
  const { mediaType } = json.value;
  if (typeof mediaType !== "string" || !mediaType.startsWith(MEDIA_TYPE_PREFIX))
    return malformed(`its mediaType is not ${MEDIA_TYPE_PREFIX}…`);
  let root: TrustedRoot;
  try {
    root = TrustedRoot.fromJSON(json.value);
  } catch {
    return malformed("not what the format demands");
  }
  const counts = [root.tlogs, root.ctlogs, root.certificateAuthorities, root.timestampAuthorities].map(({ length }) => length);
  if (Math.max(...counts) > AUTHORITIES_LIMIT) return malformed(`more than ${AUTHORITIES_LIMIT} authorities of a kind`);
  const logs = root.tlogs.flatMap((log) => readLog(log));
  const ctLogs = root.ctlogs.flatMap((log) => readLog(log));
  const certificateAuthorities = root.certificateAuthorities.flatMap((authority) => readAuthority(authority));
  const timestampAuthorities = root.timestampAuthorities.flatMap((authority) => readAuthority(authority));
  if (logs.length + certificateAuthorities.length === 0) return malformed("no authority in it that can be read");
  const demands = { log: root.tlogs.length > 0 ? "required" : "none", sct: root.ctlogs.length > 0 ? "required" : "none" } as const;
  return { kind: "parsed", material: { logs, ctLogs, certificateAuthorities, timestampAuthorities, demands } };
}

function readLog(log: LogMessage): LogAuthority[] {
  const validFor = readPeriod(log.publicKey?.validFor);
  const publicKey = readKey(log.publicKey?.rawBytes);
  const keyId = log.logId?.keyId ?? log.checkpointKeyId?.keyId;
  if (validFor === null || publicKey === null || keyId === undefined || keyId.length < KEY_HINT_BYTES) return [];
  const checkpointKeyId = log.checkpointKeyId?.keyId ?? keyId;
  return [{ name: nameOf(log.baseUrl), keyId: Buffer.from(keyId), checkpointKeyId: Buffer.from(checkpointKeyId), publicKey, validFor }];
}

/** A checkpoint names its log by this many bytes of the key's id. */
const KEY_HINT_BYTES = 4;

function readAuthority(authority: AuthorityMessage): CertificateAuthority[] {
  const certificates = authority.certChain?.certificates ?? [];
  if (certificates.length === 0 || certificates.length > CERTIFICATE_CHAIN_LIMIT) return [];
  const chain = certificates.map(({ rawBytes }) => parseCertificate(rawBytes)).filter((certificate) => certificate !== null);
  const validFor = readPeriod(authority.validFor);
  if (validFor === null || chain.length !== certificates.length) return [];
  return [{ name: nameOf(authority.uri), chain, validFor }];
}

/** Reads both encodings that roots use. The log of 2021 had PKCS #1 in private instances. */
function readKey(der: Uint8Array | undefined): KeyObject | null {
  if (der === undefined) return null;
  for (const type of ["spki", "pkcs1"] as const) {
    try {
      return createPublicKey({ key: Buffer.from(der), format: "der", type });
    } catch {
      continue;
    }
  }
  return null;
}

/** Reads a period. If none is given, it is always valid; nobody writes a period without a start on purpose. */
function readPeriod(period: { start?: Date | undefined; end?: Date | undefined } | undefined): Validity | null {
  if (period === undefined) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const from = period.start?.getTime() ?? Number.NaN;
  const to = period.end?.getTime() ?? Number.POSITIVE_INFINITY;
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to };
}

function nameOf(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}
