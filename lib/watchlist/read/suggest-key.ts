import { quoteFound } from "./quote-found.ts";

/**
 * Our word for each word of another tool's policy (cosign, Kyverno, policy-controller, containers-policy.json, Notation), in lower case.
 */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "subjectPattern (RE2, matched against the whole identity)":
      "subjectregexp subjectregex certificate-identity-regexp certificateidentityregexp",
    subject: "certificate-identity certificateidentity subjectemail identity san",
    issuer: "certificate-oidc-issuer oidcissuer",
    "issuer, in full: an issuer is never matched by a pattern": "issuerregexp issuerregex issuerpattern certificate-oidc-issuer-regexp",
    "signers: a list, with threshold beside it": "attestors authorities entries",
    "signers: a list with one keyless entry for each identity": "identities",
    threshold: "count",
    "key: with the PEM text of the public key, or the path of its file": "keydata publickeys publickey",
    "one signer with key: for each public key": "keydatas keypaths",
    "key: with the path of the public key's file": "keypath secretref",
    "key: awskms:///…": "kms",
    "keyless: { issuer, subject }": "fulcio",
    "certificates: a list of PEM files": "certchain",
    "a policy with signers, and its name under policy:": "sigstoresigned",
    "a policy with signers: [{ gpg: keys.asc }], and its name under policy:": "signedby",
    "no entry at all for what need not be signed": "insecureacceptanything",
    "nothing: a signature always has to name the digest": "signedidentity",
    "transparencyLog: none, optional or required": "rekor tlog ctlog rekorpublickeypath",
    "require: [{ predicate: … }]": "attestations",
    predicate: "predicatetype",
    "notation: { certificates, subject }": "truststores trustedidentities",
    "repository: one name or a list": "registryscopes imagereferences",
    "repositories: a list": "images",
    repository: "image",
    "nothing: Sealwatch only reads": "mutatedigest",
    "plainHttp: true": "insecure",
    until: "expires",
    exclude: "ignore",
    "defaults: for what all repositories share": "<<",
  }).flatMap(([here, words]) => words.split(" ").map((word) => [word, here])),
);

/** Says what to write instead of an unknown key: our word for another tool's, the nearest key, or all keys. */
export function suggestKey(key: string, known: readonly string[]): string {
  const neighbour = NEIGHBOURS.get(key.toLowerCase());
  if (neighbour !== undefined) return `write ${neighbour}`;
  const nearest = nearestWord(key, known);
  return nearest === null ? `write one of ${known.join(", ")}, or remove it` : `write ${nearest}`;
}

/** Like {@link suggestKey}, for names that the watch list defines. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known);
  if (nearest !== null) return `write ${quoteFound(nearest)}`;
  return known.length === 0 ? "define it" : `write one of ${known.map(quoteFound).join(", ")}, or define it`;
}

/** Returns the most similar word, if it differs by at most a third of its letters, or null. */
function nearestWord(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((left, right) => left.distance - right.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : null;
}

/** Returns Levenshtein's distance: how many letters are inserted, removed or replaced. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let at = 1; at <= left.length; at++) {
    const next = [at];
    for (let to = 1; to <= right.length; to++) {
      const replaced = row[to - 1]! + Number(left[at - 1] !== right[to - 1]);
      next.push(Math.min(replaced, row[to]! + 1, next[to - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
