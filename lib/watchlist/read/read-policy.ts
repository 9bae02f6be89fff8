import { basename, extname } from "node:path";
import { quoteFound } from "./quote-found.ts";
import { readSigner, type FoundSigner } from "./read-signer.ts";
import { readChoice, readEntries, readInteger, readItems, readMapping, readText } from "./read-value.ts";
import { nameOf, reportError, reportWarning, type YamlValue } from "./source-file.ts";
import type { Policy, Signer } from "../watch-list.ts";

const KEYS = ["threshold", "signers", "transparencyLog", "annotations", "accept", "require"] as const;
const ACCEPTED = ["signature", "attestation"] as const;
const SIGNERS_LIMIT = 100;

/** Reads one entry of `policies:`. Null (reported) if it cannot be used. */
export function readPolicy(name: string, value: YamlValue): Policy | null {
  const fields = readMapping(value, KEYS, { required: ["signers"] });
  if (fields === null) return null;
  const items = fields.signers === undefined ? null : readItems(fields.signers);
  const found = (items ?? []).map((item, at) => readSigner(item, at + 1));
  const signers = found.filter((signer) => signer !== null);
  reportTwins(signers);
  const threshold = readInteger(fields.threshold, { least: 1, most: SIGNERS_LIMIT }) ?? 1;
  const different = new Set(signers.map(({ identity }) => identity)).size;
  if (fields.threshold !== undefined && items !== null && !found.includes(null) && threshold > different) {
    const remedy = `write at most ${different}, or name more signers`;
    reportError(fields.threshold, "threshold-unreachable", `found a threshold of ${threshold} with ${different} different signers`, remedy);
  }
  return {
    name,
    threshold,
    signers: nameSigners(signers),
    transparencyLog: readTransparencyLog(fields.transparencyLog),
    annotations: readAnnotations(fields.annotations),
    accept: readAccept(fields.accept),
    require: readRequire(fields.require),
  };
}

function reportTwins(signers: readonly FoundSigner[]): void {
  for (const [at, { at: spot, identity, named, signer }] of signers.entries()) {
    const before = signers.slice(0, at);
    const twin = before.find((other) => other.identity === identity);
    if (twin) {
      reportWarning(spot, "same-signer", `found the signer of ${nameOf(twin.at, spot)} again, which counts once`, "remove one of them");
    }
    const namesake = named ? before.find((other) => other.named && other.signer.name === signer.name) : undefined;
    if (namesake) {
      const message = `found a second signer named ${quoteFound(signer.name)}, as in ${nameOf(namesake.at, spot)}`;
      reportError(spot, "duplicate-name", message, "write another name");
    }
  }
}

/** Names the signers without a name after the file of their key, or by kind and number. Names are unique in the policy. */
function nameSigners(found: readonly FoundSigner[]): Signer[] {
  const taken = new Set(found.filter(({ named }) => named).map(({ signer }) => signer.name));
  return found.map(({ named, signer }) => {
    if (named) return signer;
    const wanted = signer.kind === "key" && signer.source !== "inline" ? basename(signer.source, extname(signer.source)) : signer.name;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
    taken.add(name);
    return { ...signer, name };
  });
}

function readTransparencyLog(value: YamlValue | undefined): Policy["transparencyLog"] {
  return readChoice(value, ["none", "optional", "required"]) ?? "none";
}

function readAnnotations(value: YamlValue | undefined): Readonly<Record<string, string>> {
  const entries = value === undefined ? [] : (readEntries(value) ?? []);
  return Object.fromEntries(entries.map((entry) => [entry.name, readText(entry.value, { empty: true }) ?? ""]));
}

function readAccept(value: YamlValue | undefined): Policy["accept"] {
  const items = value === undefined ? null : readItems(value);
  if (items === null) return ["signature"];
  const words = items.map((item) => readChoice(item, ACCEPTED)).filter((word) => word !== null);
  return [...new Set(words)];
}

function readRequire(value: YamlValue | undefined): Policy["require"] {
  const items = value === undefined ? [] : (readItems(value, { empty: true }) ?? []);
  return items.flatMap((item) => {
    const fields = readMapping(item, ["predicate", "builder", "source"], { required: ["predicate"] });
    const predicate = readText(fields?.predicate);
    return predicate === null ? [] : [{ predicate, builder: readText(fields?.builder), source: readText(fields?.source) }];
  });
}
