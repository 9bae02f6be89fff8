import type { KeySigner, Policy } from "../../watchlist/watch-list.ts";
import type { SignatureEvidence } from "../form/evidence.ts";
import { DEFAULT_ROOT, verifyLogDemand } from "../log-demand.ts";
import type { VerificationContext } from "../verification-context.ts";
import { quoteText } from "../quote-text.ts";
import { formatTimes, refuse, type SignerSearch } from "../signer-search.ts";
import { loadPublicKey, type TrustedKey } from "./load-public-key.ts";
import { isSignatureShaped } from "./signature-shape.ts";
import { verifySigned } from "./verify-signed.ts";

/**
 * Finds the key of the policy that made the signature, by trying all of them, because an attacker may write any hint. Null if no key
 * verifies and there is a certificate, which then says whose signature it is.
 *
 * If no key verifies, the reason is `invalid-signature` only if that is proven (no signature has this form, or the key that the hint names
 * is there and fails), else `unexpected-signer`.
 */
export function findKeySigners(evidence: SignatureEvidence, context: VerificationContext): SignerSearch | null {
  const keys = loadPolicyKeys(context.policy);
  const verdicts = keys.map((key) => ({ key, verdict: verifySigned(key.key, evidence.signed, evidence.signature) }));
  const made = verdicts.find(({ verdict }) => verdict === "verified");
  if (made) return judgeRoots(made.key, evidence, context);
  const { claim } = evidence;
  if (claim.kind === "certificate") return null;
  if (verdicts.some(({ key, verdict }) => verdict === "unsupported" && key.key.algorithm !== "rsa"))
    return refuse("unverifiable", "a signature over a digest, which this version verifies for RSA and ECDSA (P-256, P-384) keys only");
  if (!isSignatureShaped(evidence.signature))
    return refuse("invalid-signature", `${evidence.signature.length} bytes that are no signature of any supported key`);
  if (claim.kind === "none") return refuse("unexpected-signer", "a signature that no configured key verifies");
  const named = keys.find(({ key }) => key.hint === claim.hint);
  // A signature by PSS over a digest cannot be told from a wrong one here.
  if (verdicts.some(({ key, verdict }) => key === named && verdict === "unsupported"))
    return refuse("unverifiable", `a signature over a digest that names the key of ${named!.signers[0]!.name} and is not by PKCS #1`);
  if (named) return refuse("invalid-signature", `a signature that names the key of ${named.signers[0]!.name} but does not verify with it`);
  return refuse("unexpected-signer", `a signature by the key ${quoteText(claim.hint)}, which is not configured`);
}

/** A key may be listed once for each root that names its logs. It is enough if one of them is satisfied. */
function judgeRoots({ key, signers }: PolicyKey, evidence: SignatureEvidence, context: VerificationContext): SignerSearch {
  const roots = [...new Set(signers.map(({ trustedRoot }) => trustedRoot ?? DEFAULT_ROOT))];
  const searches = roots.map((root) => {
    const under = signers.filter(({ trustedRoot }) => (trustedRoot ?? DEFAULT_ROOT) === root);
    return judgeKey({ key, signers: under }, evidence, context);
  });
  const found = searches.flatMap((search) => (search.kind === "found" ? [search] : []));
  if (found.length > 0) return { ...found[0]!, entries: found.flatMap(({ entries }) => entries) };
  return searches.find(({ kind }) => kind === "trust-missing") ?? searches[0]!;
}

/** Judges whether the log and the times are what the policy and the key's entries ask for. */
function judgeKey({ key, signers }: PolicyKey, evidence: SignatureEvidence, context: VerificationContext): SignerSearch {
  const name = signers[0]!.name;
  const publicKey = key.keyObject.export({ type: "spki", format: "der" });
  const proof = { kind: "key", identity: key.fingerprint, issuer: null, times: [], logIndex: null, claims: {} } as const;
  const demand = demandOf(context.policy, signers);
  const logged = verifyLogDemand(
    evidence,
    { certificate: null, publicKey },
    { demand, trustedRoot: signers[0]!.trustedRoot ?? DEFAULT_ROOT },
    context,
  );
  if (logged.kind === "trust-missing") return { ...logged, detail: `signed by ${name}, but ${logged.detail}` };
  if (logged.kind === "refused") return refuse("policy-unmet", `signed by ${name}, but ${logged.detail}`, true, proof);
  const proven = { ...proof, times: formatTimes(logged.times), logIndex: logged.logIndex };
  const entries = signers.filter(({ signedBetween }) => signedBetween === undefined || isWithin(signedBetween, logged.times));
  return entries.length > 0
    ? { kind: "found", entries, proof: proven }
    : refuse("expired", `signed by ${name}, but not provably while that key counted`, true, proven);
}

/** A key that counts for a period needs a time that somebody signed (CVE-2026-54787). */
function demandOf({ transparencyLog }: Policy, signers: readonly KeySigner[]): Policy["transparencyLog"] {
  return transparencyLog === "none" && signers.some(({ signedBetween }) => signedBetween !== undefined) ? "optional" : transparencyLog;
}

function isWithin([from, to]: readonly [number, number], times: readonly { readonly time: number }[]): boolean {
  return times.length > 0 && times.every(({ time }) => from <= time && time <= to);
}

/** One public key of a policy with every signer entry that names it: a key listed twice is still one signer. */
interface PolicyKey {
  readonly key: TrustedKey;
  /** Never empty; in the order of the policy. */
  readonly signers: readonly KeySigner[];
}

/** Parsing a key costs as much as verifying with it, and a policy serves thousands of candidates. */
const LOADED = new WeakMap<Policy, readonly PolicyKey[]>();

/** Returns the usable keys of a policy, each once. `unsupportedSigners` names those that are left out. */
function loadPolicyKeys(policy: Policy): readonly PolicyKey[] {
  const known = LOADED.get(policy);
  if (known) return known;
  const keys = new Map<string, { key: TrustedKey; signers: KeySigner[] }>();
  for (const signer of policy.signers) {
    if (signer.kind !== "key" || signer.pem === null) continue;
    const loaded = loadPublicKey(signer.pem);
    if (loaded.kind === "malformed") continue;
    const entry = keys.get(loaded.key.fingerprint);
    if (entry) entry.signers.push(signer);
    else keys.set(loaded.key.fingerprint, { key: loaded.key, signers: [signer] });
  }
  const result = [...keys.values()];
  LOADED.set(policy, result);
  return result;
}
