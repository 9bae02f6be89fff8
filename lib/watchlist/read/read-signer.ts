import { readCertificates } from "./read-certificates.ts";
import { readKey } from "./read-key.ts";
import { readKeyless } from "./read-keyless.ts";
import { listPemBlocks, readPem } from "./read-pem.ts";
import { readDay } from "./read-quantity.ts";
import { readMapping, readText, readTexts } from "./read-value.ts";
import { reportError, reportNotBuilt, type YamlValue } from "./source-file.ts";
import { readTrustedRoot } from "./read-trusted-root.ts";
import type { KeySigner, Signer } from "../watch-list.ts";

const KINDS = ["key", "keyless", "certificates", "gpg", "notation"] as const;
const KEYS = ["name", "until", "trustedRoot", ...KINDS] as const;

/** A signer, its position, and its identity: the same key twice is one signer. */
export interface FoundSigner {
  readonly at: YamlValue;
  readonly named: boolean;
  readonly signer: Signer;
  readonly identity: string;
}

/** Reads one entry of `signers:`. `number` counts from 1 and names a signer without a name. */
export function readSigner(at: YamlValue, number: number): FoundSigner | null {
  const fields = readMapping(at, KEYS);
  if (fields === null) return null;
  const kinds = KINDS.filter((kind) => fields[kind] !== undefined);
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0) {
    const found = kind === undefined ? "a signer without a key or identity" : `${kinds.join(" and ")} in one signer`;
    return reportError(at, "signer-kind", `found ${found}`, `write one of ${KINDS.join(", ")}; further signers are further entries`);
  }
  const name = readText(fields.name);
  const common = { name: name ?? `${kind}-${number}`, until: readDay(fields.until)?.first ?? null };
  const found = readKind(kind, fields[kind]!, common, readRoot(kind, fields.trustedRoot));
  return found === null ? null : { at, named: name !== null, ...found };
}

type CommonFields = Pick<Signer, "name" | "until">;

/**
 * Reads the root that names the logs and timestamp authorities for a key or a private PKI. Keyless signers name it in their own settings.
 */
function readRoot(kind: (typeof KINDS)[number], value: YamlValue | undefined): Pick<KeySigner, "trustedRoot"> {
  if (value === undefined) return {};
  if (kind !== "key" && kind !== "certificates") {
    const remedy = kind === "keyless" ? "write it inside keyless:" : "remove it";
    reportError(value, "misplaced", `found trustedRoot beside ${kind}`, remedy);
  }
  const trustedRoot = readTrustedRoot(value);
  return trustedRoot === null ? {} : { trustedRoot };
}

function readKind(
  kind: (typeof KINDS)[number],
  value: YamlValue,
  common: CommonFields,
  root: Pick<KeySigner, "trustedRoot">,
): Pick<FoundSigner, "signer" | "identity"> | null {
  if (kind === "key") {
    const key = readKey(value);
    return key && { signer: { kind, ...common, pem: key.pem, source: key.source, ...root }, identity: key.identity };
  }
  if (kind === "gpg" || kind === "notation")
    reportNotBuilt(value, `a signer of kind ${kind}`, "expect releases that no other signer of the policy signed to be unknown");
  const signer = readByCertificate(kind, value, common, root);
  return signer && { signer, identity: JSON.stringify({ ...signer, ...NAMELESS }) };
}

const NAMELESS = { name: null, until: null, trustedRootSource: null };

function readByCertificate(
  kind: Exclude<(typeof KINDS)[number], "key">,
  value: YamlValue,
  common: CommonFields,
  root: Pick<KeySigner, "trustedRoot">,
): Signer | null {
  switch (kind) {
    case "keyless": {
      const keyless = readKeyless(value);
      return keyless && { kind, ...common, ...keyless };
    }
    case "certificates":
      return { kind, ...common, pems: readCertificates(readTexts(value) ?? []), ...root };
    case "gpg": {
      const keyring = readKeyring(value);
      return keyring === null ? null : { kind, ...common, keyring };
    }
    case "notation":
      return readNotation(value, common);
  }
}

/** Reads the armoured text of the keyring, not only its path, because only this machine has the file. */
function readKeyring(value: YamlValue): string | null {
  const text = readText(value);
  const keyring = text && readPem(text, value);
  if (keyring === null || listPemBlocks(keyring).every((name) => name === "PGP PUBLIC KEY BLOCK")) return keyring;
  const message = "found a PEM block that is no PGP PUBLIC KEY BLOCK for gpg";
  return reportError(value, "bad-key", message, "write an armoured public key (gpg --armor --export)");
}

function readNotation(value: YamlValue, common: CommonFields): Signer | null {
  const fields = readMapping(value, ["certificates", "subject"], { required: ["certificates"] });
  if (fields === null) return null;
  return { kind: "notation", ...common, pems: readCertificates(readTexts(fields.certificates) ?? []), subject: readText(fields.subject) };
}
