import { quoteFound } from "../read/quote-found.ts";
import { reportWarning, type YamlValue } from "../read/source-file.ts";
import { isWorkflowFile } from "../select/workflow-file.ts";

type Values = Readonly<Partial<Record<"issuer" | "subject" | "github", YamlValue>>>;

/** The values that were read; null for those that were not. */
interface ExactIdentity {
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly github: Readonly<Record<string, string>> | null;
  readonly trustedRoot: string;
}

/**
 * Warns of an identity that looks right but that nobody can have. Text that is no pattern is compared letter by letter, so a wildcard, a
 * missing ref or an extra slash makes every release untrusted.
 */
export function reportVainIdentity(values: Values, { issuer, subject, github, trustedRoot }: ExactIdentity): void {
  const { issuer: issuerAt, subject: subjectAt, github: githubAt } = values;
  // A private Sigstore may spell its issuers in any way.
  if (issuerAt && issuer?.endsWith("/") === true && (trustedRoot === "public-good" || trustedRoot === "github")) {
    const found = `${quoteFound(issuer)} for issuer, which no certificate names with a slash at its end`;
    warn(issuerAt, found, `write ${issuer.replace(/\/+$/, "")}`);
  }
  if (subjectAt && subject !== null) reportSubject(subjectAt, subject);
  if (githubAt) for (const [claim, value] of Object.entries(github ?? {})) reportClaim(githubAt, claim, value);
}

function reportSubject(at: YamlValue, subject: string): void {
  if (subject.includes("*")) {
    const remedy = String.raw`write subjectPattern: with .* for whatever it may be, and dots as \.`;
    return warn(at, `${quoteFound(subject)} for subject, in which * stands for itself: it matches nobody`, remedy);
  }
  if (!subject.startsWith("https://github.com/") || subject.includes("@")) return;
  const workflow = subject.includes("/.github/workflows/") ? subject : `${subject.replace(/\/+$/, "")}/.github/workflows/release.yml`;
  const found = `${quoteFound(subject)} for subject, without the ref that a workflow's identity ends with: it matches nobody`;
  warn(at, found, `write ${workflow}@refs/tags/{tag}`);
}

function reportClaim(at: YamlValue, claim: string, value: string): void {
  if (value.includes("*")) {
    const remedy =
      claim === "repository"
        ? String.raw`write a signer for each repository, or subjectPattern: https://github\.com/OWNER/.* without this claim`
        : "write it in full, with {tag} or {version} for the release's own, or leave it out";
    warn(at, `${quoteFound(value)} for ${claim}, in which * stands for itself: it matches nobody`, remedy);
  } else if (claim === "workflow" && isWorkflowFile(value) && !/^\.github\/workflows\/[^/@]+\.ya?ml$/.test(value)) {
    const file = /([^/@]+\.ya?ml)(?:@.*)?$/.exec(value)?.[1] ?? "FILE.yml";
    warn(
      at,
      `${quoteFound(value)} for workflow, which is no path of a workflow's file: it matches nobody`,
      `write .github/workflows/${file}`,
    );
  } else if (claim === "repository" && !/^[^/]+\/[^/]+$/.test(value)) {
    const named = /github\.com\/([^/]+\/[^/]+?)(?:\.git)?\/?$/.exec(value)?.[1] ?? "OWNER/NAME";
    warn(at, `${quoteFound(value)} for repository, which is no OWNER/NAME: it matches nobody`, `write ${named}`);
  }
}

function warn(at: YamlValue, found: string, remedy: string): void {
  reportWarning(at, "vain-identity", `found ${found}`, remedy);
}
