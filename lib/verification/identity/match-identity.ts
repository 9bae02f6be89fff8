import { RE2JS } from "re2js";
import type { KeylessSigner } from "../../watchlist/watch-list.ts";
import { isWorkflowFile } from "../../watchlist/select/workflow-file.ts";
import { KeptResults } from "../kept-results.ts";
import { quoteText } from "../quote-text.ts";
import { fillPattern, fillTemplate } from "./fill-template.ts";
import type { CertificateIdentity, GithubClaims } from "./certificate-identity.ts";

type IdentityMatch =
  | { readonly kind: "match"; readonly subject: string }
  /** `agreements`: how many of the signer's demands are met. The signer with the most is the nearest. */
  | { readonly kind: "mismatch"; readonly agreements: number; readonly detail: string };

/**
 * Matches a certificate's identity against a signer: the issuer, a whole subject and every claim. `{tag}` and `{version}` stand for one of
 * the names. A pattern must match the whole subject; RE2 takes linear time, whatever an attacker writes into a certificate.
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
        `${name} ${quoteText(fillTemplate(expected, names[0] ?? ""))}, found ${quoteClaim(claimOf(identity.claims, name, expected))}`,
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

/**
 * A workflow is named by its file or by the name that it gives itself. A name that looks like a file proves nothing, so a file is compared
 * with the file alone.
 */
function claimOf(claims: GithubClaims, name: string, expected: string): string | null {
  if (name === "workflow") return isWorkflowFile(expected) ? claims.workflowFile : claims.workflow;
  return { repository: claims.repository, ref: claims.ref, trigger: claims.trigger }[name] ?? null;
}

function describeSubject({ subjects }: CertificateIdentity, { subject, subjectPattern }: KeylessSigner, names: readonly string[]): string {
  const found = `found ${quoteText(subjects[0])}`;
  if (subject !== null) return `subject ${quoteText(fillTemplate(subject, names[0] ?? ""))}, ${found}`;
  const partly = patternsFor(subjectPattern ?? "", names).some((pattern) =>
    subjects.some((candidate) => pattern.matcher(candidate).find()),
  );
  const remark = partly ? " (matches a part; patterns here match the whole identity)" : "";
  return `a subject like ${quoteText(subjectPattern ?? "")}, ${found}${remark}`;
}

function quoteClaim(claim: string | null): string {
  return claim === null ? "none" : quoteText(claim);
}

/** Reports whether the signer's identity depends on the audited tag. */
export function isTagBound({ subject, subjectPattern, github }: KeylessSigner): boolean {
  return [subject, subjectPattern, ...Object.values(github ?? {})].some((text) => text !== null && /\{(?:tag|version)\}/.test(text));
}

function fillAll(template: string, names: readonly string[]): string[] {
  return names.length === 0 ? [template] : names.map((name) => fillTemplate(template, name));
}

const COMPILED = new KeptResults<RE2JS>(256);

function patternsFor(template: string, names: readonly string[]): RE2JS[] {
  const quoted = names.map((name) => fillPattern(template, name));
  return [...new Set(names.length === 0 ? [template] : quoted)].map(
    (text) => COMPILED.get(text) ?? COMPILED.keep(text, RE2JS.compile(text))!,
  );
}
