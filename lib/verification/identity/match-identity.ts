import { RE2JS } from "re2js";
import type { KeylessSigner } from "../../watchlist/watch-list.ts";
import { KeptResults } from "../kept-results.ts";
import { quoteText } from "../quote-text.ts";
import type { CertificateIdentity, GithubClaims } from "./certificate-identity.ts";

export type IdentityMatch =
  | { readonly kind: "match"; readonly subject: string }
  /** `agreements`: how many of the signer's demands are met; of several signers the one with most is the nearest. */
  | { readonly kind: "mismatch"; readonly agreements: number; readonly detail: string };

/**
 * Whether a certificate's identity is the signer's: the issuer, a whole subject and every claim. `{tag}` and `{version}` stand for one of
 * the names; a pattern must match the whole subject, with RE2, which takes linear time whatever an attacker writes into a certificate.
 */
export function matchIdentity(identity: CertificateIdentity, signer: KeylessSigner, names: readonly string[]): IdentityMatch {
  const issuer = signer.issuer === null || signer.issuer === identity.issuer;
  const subject = identity.subjects.find((candidate) => isSubject(candidate, signer, names));
  const claims = Object.entries(signer.github ?? {}).filter(([name, expected]) => !isClaim(identity.claims, name, expected, names));
  if (issuer && subject !== undefined && claims.length === 0) return { kind: "match", subject };
  const faults = [
    ...(subject === undefined ? [describeSubject(identity, signer, names)] : []),
    ...(issuer ? [] : [`issuer ${quoteText(signer.issuer ?? "")}, found ${quoteClaim(identity.issuer)}`]),
    ...claims.map(
      ([name, expected]) =>
        `${name} ${quoteText(fill(expected, names[0] ?? ""))}, found ${quoteClaim(claimOf(identity.claims, name, expected))}`,
    ),
  ];
  const agreements = (issuer ? 1 : 0) + (subject === undefined ? 0 : 1) + Object.keys(signer.github ?? {}).length - claims.length;
  return { kind: "mismatch", agreements, detail: `${signer.name} expects ${faults.join("; ")}` };
}

function isSubject(candidate: string, { subject, subjectPattern }: KeylessSigner, names: readonly string[]): boolean {
  if (subject !== null) return fillAll(subject, names).includes(candidate);
  if (subjectPattern !== null) return patternsFor(subjectPattern, names).some((pattern) => pattern.matches(candidate));
  return true;
}

function isClaim(claims: GithubClaims, name: string, expected: string, names: readonly string[]): boolean {
  const actual = claimOf(claims, name, expected);
  return actual !== null && fillAll(expected, names).includes(actual);
}

/** A workflow may be named by its file or by the name that it gives itself. */
function claimOf(claims: GithubClaims, name: string, expected: string): string | null {
  switch (name) {
    case "repository":
      return claims.repository;
    case "ref":
      return claims.ref;
    case "trigger":
      return claims.trigger;
    case "workflow":
      return expected.startsWith(".github/") ? claims.workflowFile : claims.workflow;
    default:
      return null;
  }
}

function describeSubject({ subjects }: CertificateIdentity, { subject, subjectPattern }: KeylessSigner, names: readonly string[]): string {
  const found = `found ${quoteText(subjects[0])}`;
  if (subject !== null) return `subject ${quoteText(fill(subject, names[0] ?? ""))}, ${found}`;
  const partly = patternsFor(subjectPattern ?? "", names).some((pattern) =>
    subjects.some((candidate) => pattern.matcher(candidate).find()),
  );
  const remark = partly ? " (matches a part; patterns here match the whole identity)" : "";
  return `a subject like ${quoteText(subjectPattern ?? "")}, ${found}${remark}`;
}

function quoteClaim(claim: string | null): string {
  return claim === null ? "none" : quoteText(claim);
}

/** Whether the signer's identity depends on the tag that is audited. */
export function isTagBound({ subject, subjectPattern, github }: KeylessSigner): boolean {
  return [subject, subjectPattern, ...Object.values(github ?? {})].some((text) => text !== null && /\{(?:tag|version)\}/.test(text));
}

function fillAll(template: string, names: readonly string[]): string[] {
  return names.length === 0 ? [template] : names.map((name) => fill(template, name));
}

function fill(template: string, name: string): string {
  return template.replaceAll("{tag}", () => name).replaceAll("{version}", () => name.replace(/^v/, ""));
}

const COMPILED = new KeptResults<RE2JS>(256);

function patternsFor(template: string, names: readonly string[]): RE2JS[] {
  const quoted = names.map((name) =>
    template.replaceAll("{tag}", () => RE2JS.quote(name)).replaceAll("{version}", () => RE2JS.quote(name.replace(/^v/, ""))),
  );
  return [...new Set(names.length === 0 ? [template] : quoted)].map(
    (text) => COMPILED.get(text) ?? COMPILED.keep(text, RE2JS.compile(text))!,
  );
}
