import { readCertificates } from "./read-certificates.ts";
import { readKey } from "./read-key.ts";
import { readKeyless } from "./read-keyless.ts";
import { listPemBlocks, readPemFile } from "./read-pem-file.ts";
import { readDay } from "./read-quantity.ts";
import { readMapping, readText, readTexts } from "./read-value.ts";
import { reportError, reportNotBuilt, type YamlValue } from "./source-file.ts";
import type { Signer } from "./watch-list.ts";

const KINDS = ["key", "keyless", "certificates", "gpg", "notation"] as const;
const KEYS = ["name", "until", ...KINDS] as const;

/** A signer, the place to blame, and what tells it from others: the same key twice is one signer. */
export interface FoundSigner {
  readonly at: YamlValue;
  readonly named: boolean;
  readonly signer: Signer;
  readonly identity: string;
}

/** Reads one entry of `signers:`. `number` counts from 1 and makes names for signers without one. */
export function readSigner(at: YamlValue, number: number): FoundSigner | null {
  const fields = readMapping(at, KEYS);
  if (fields === null) return null;
  const kinds = KINDS.filter((kind) => fields[kind] !== undefined);
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0) {
    const found = kind === undefined ? "a signer without a key or identity" : `${kinds.join(" and ")} in one signer`;
    reportError(at, "signer-kind", `found ${found}`, `write one of ${KINDS.join(", ")}; further signers are further entries`);
    return null;
  }
  const name = readText(fields.name);
  const common = { name: name ?? `${kind}-${number}`, until: readDay(fields.until)?.first ?? null };
  const found = readKind(kind, fields[kind]!, common);
  return found === null ? null : { at, named: name !== null, ...found };
}

type Common = Pick<Signer, "name" | "until">;

function readKind(kind: (typeof KINDS)[number], value: YamlValue, common: Common): Pick<FoundSigner, "signer" | "identity"> | null {
  if (kind === "key") {
    const key = readKey(value);
    return key && { signer: { kind, ...common, pem: key.pem, source: key.source }, identity: key.identity };
  }
  reportNotBuilt(value, `a signer of kind ${kind}`, "expect releases that no key of the policy signed to be unknown");
  const signer = readUnbuilt(kind, value, common);
  return signer && { signer, identity: JSON.stringify({ ...signer, ...NAMELESS }) };
}

const NAMELESS = { name: null, until: null };

function readUnbuilt(kind: Exclude<(typeof KINDS)[number], "key">, value: YamlValue, common: Common): Signer | null {
  switch (kind) {
    case "keyless": {
      const keyless = readKeyless(value);
      return keyless && { kind, ...common, ...keyless };
    }
    case "certificates":
      return { kind, ...common, pems: readCertificates(readTexts(value) ?? []) };
    case "gpg": {
      const keyring = readKeyring(value);
      return keyring === null ? null : { kind, ...common, keyring };
    }
    case "notation":
      return readNotation(value, common);
  }
}

/** The armoured text of the keyring, because only this machine has its file. */
function readKeyring(value: YamlValue): string | null {
  const text = readText(value);
  if (text === null) return null;
  const keyring = text.includes("-----BEGIN") ? text : readPemFile(text, value);
  if (keyring === null) return null;
  if (listPemBlocks(keyring).every((name) => name === "PGP PUBLIC KEY BLOCK")) return keyring;
  reportError(
    value,
    "bad-key",
    "found a PEM block that is no PGP PUBLIC KEY BLOCK for gpg",
    "write an armoured public key (gpg --armor --export)",
  );
  return null;
}

function readNotation(value: YamlValue, common: Common): Signer | null {
  const fields = readMapping(value, ["certificates", "subject"], { required: ["certificates"] });
  if (fields === null) return null;
  return { kind: "notation", ...common, pems: readCertificates(readTexts(fields.certificates) ?? []), subject: readText(fields.subject) };
}
