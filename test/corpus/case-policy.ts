import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTrustedRoot } from "../../lib/verification/trust/parse-trusted-root.ts";
import type { FindMaterial, FoundMaterial } from "../../lib/verification/trust/trust-material.ts";
import type { Policy, Signer } from "../../lib/watchlist/watch-list.ts";
import type { CorpusCase } from "./corpus-case.ts";

const PARSED = new Map<string, ReturnType<typeof parseTrustedRoot>>();

/** The policy that a case asks for, in the words of a watch list. */
export function policyOfCase(folder: string, { trust, identity, accept, predicateType }: CorpusCase): Policy {
  const own = trust.keys !== undefined || trust.certificates !== undefined;
  return {
    name: "case",
    threshold: 1,
    signers: signersOf(folder, trust, identity),
    transparencyLog: trust.log ?? (own && trust.root !== undefined ? "required" : "none"),
    annotations: {},
    accept: [accept],
    require: predicateType === undefined ? [] : [{ predicate: predicateType, builder: null, source: null }],
  };
}

function signersOf(folder: string, trust: CorpusCase["trust"], identity: CorpusCase["identity"]): Signer[] {
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  const root = trust.root === undefined ? {} : { trustedRoot: trust.root };
  const period = trust.keysValid;
  const between = period === undefined ? {} : { signedBetween: [Date.parse(period.from), Date.parse(period.to)] as const };
  const keys = (trust.keys ?? []).map((path): Signer => ({
    kind: "key",
    name: path,
    until: null,
    pem: read(path),
    source: path,
    ...root,
    ...between,
  }));
  const certificates: Signer[] =
    trust.certificates === undefined
      ? []
      : [{ kind: "certificates", name: "pki", until: null, pems: trust.certificates.map((path) => read(path)), ...root }];
  if (keys.length + certificates.length > 0 || trust.root === undefined) return [...keys, ...certificates];
  const { issuer = null, subject = null, subjectPattern } = identity ?? {};
  // Patterns of the corpus match a part.
  const pattern = subjectPattern === undefined ? null : `.*(?:${subjectPattern}).*`;
  return [
    { kind: "keyless", name: "keyless", until: null, issuer, subject, subjectPattern: pattern, github: null, trustedRoot: trust.root },
  ];
}

/** Finds the root of a case by its path, with the demands that the case makes in place of those of the root. */
export function trustOfCase(folder: string, { trust }: CorpusCase): FindMaterial {
  let found: FoundMaterial | null = null;
  return (path) => {
    if (found !== null) return found;
    const parsed = PARSED.get(path) ?? parseTrustedRoot(readFileSync(join(folder, path), "utf8"));
    PARSED.set(path, parsed);
    if (parsed.kind === "malformed") return { kind: "missing", code: "trusted-root-missing", detail: parsed.detail };
    const { material } = parsed;
    const demands = { log: trust.log ?? "required", sct: trust.sct ?? "required" };
    found = { kind: "material", material: { ...material, demands } };
    return found;
  };
}
