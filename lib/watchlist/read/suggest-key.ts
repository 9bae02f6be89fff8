import { quoteFound } from "./quote-found.ts";

/** Words of other tools' policies (cosign, Kyverno, policy-controller, containers-policy.json, Notation), in lower case, and what they are called here. */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map([
  ["subjectregexp", "subjectPattern (RE2, matched against the whole identity)"],
  ["subjectregex", "subjectPattern (RE2, matched against the whole identity)"],
  ["certificate-identity-regexp", "subjectPattern (RE2, matched against the whole identity)"],
  ["certificateidentityregexp", "subjectPattern (RE2, matched against the whole identity)"],
  ["certificate-identity", "subject"],
  ["certificateidentity", "subject"],
  ["subjectemail", "subject"],
  ["identity", "subject"],
  ["san", "subject"],
  ["certificate-oidc-issuer", "issuer"],
  ["oidcissuer", "issuer"],
  ["issuerregexp", "issuer, in full: an issuer is never matched by a pattern"],
  ["issuerregex", "issuer, in full: an issuer is never matched by a pattern"],
  ["issuerpattern", "issuer, in full: an issuer is never matched by a pattern"],
  ["certificate-oidc-issuer-regexp", "issuer, in full: an issuer is never matched by a pattern"],
  ["attestors", "signers: a list, with threshold beside it"],
  ["authorities", "signers: a list, with threshold beside it"],
  ["entries", "signers: a list, with threshold beside it"],
  ["identities", "signers: a list with one keyless entry for each identity"],
  ["count", "threshold"],
  ["keydata", "key: with the PEM text of the public key, or the path of its file"],
  ["keydatas", "one signer with key: for each public key"],
  ["publickeys", "key: with the PEM text of the public key, or the path of its file"],
  ["publickey", "key: with the PEM text of the public key, or the path of its file"],
  ["keypath", "key: with the path of the public key's file"],
  ["keypaths", "one signer with key: for each public key"],
  ["secretref", "key: with the path of the public key's file"],
  ["kms", "key: awskms:///…"],
  ["fulcio", "keyless: { issuer, subject }"],
  ["certchain", "certificates: a list of PEM files"],
  ["sigstoresigned", "a policy with signers, and its name under policy:"],
  ["signedby", "a policy with signers: [{ gpg: keys.asc }], and its name under policy:"],
  ["insecureacceptanything", "no entry at all for what need not be signed"],
  ["signedidentity", "nothing: a signature always has to name the digest"],
  ["rekor", "transparencyLog: none, optional or required"],
  ["tlog", "transparencyLog: none, optional or required"],
  ["ctlog", "transparencyLog: none, optional or required"],
  ["rekorpublickeypath", "transparencyLog: none, optional or required"],
  ["attestations", "require: [{ predicate: … }]"],
  ["predicatetype", "predicate"],
  ["truststores", "notation: { certificates, subject }"],
  ["trustedidentities", "notation: { certificates, subject }"],
  ["registryscopes", "repository: one name or a list"],
  ["imagereferences", "repository: one name or a list"],
  ["images", "repositories: a list"],
  ["image", "repository"],
  ["mutatedigest", "nothing: Sealwatch only reads"],
  ["insecure", "plainHttp: true"],
  ["expires", "until"],
  ["ignore", "exclude"],
  ["<<", "defaults: for what all repositories share"],
]);

/** What to write instead of a key that is not known here: a neighbour's word, the nearest key, or all of them. */
export function suggestKey(key: string, known: readonly string[]): string {
  const neighbour = NEIGHBOURS.get(key.toLowerCase());
  if (neighbour !== undefined) return `write ${neighbour}`;
  const nearest = nearestWord(key, known);
  return nearest === null ? `write one of ${known.join(", ")}, or remove it` : `write ${nearest}`;
}

/** Like {@link suggestKey} for names that the watch list itself gives. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known);
  if (nearest !== null) return `write ${quoteFound(nearest)}`;
  return known.length === 0 ? "define it" : `write one of ${known.map(quoteFound).join(", ")}, or define it`;
}

/** The word that differs by at most a third of its letters, or null. */
function nearestWord(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((left, right) => left.distance - right.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : null;
}

/** Levenshtein's distance: letters put in, taken out or replaced. */
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
