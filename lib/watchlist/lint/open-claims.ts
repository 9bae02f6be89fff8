import { quoteFound } from "../read/quote-found.ts";
import { reportWarning, type YamlValue } from "../read/source-file.ts";
import { isWorkflowFile } from "../select/workflow-file.ts";
import type { KeylessSigner } from "../watch-list.ts";

/** Workflows that sign for any caller: their name does not say whose release it is. */
const SHARED_WORKFLOWS = [
  "slsa-framework/slsa-github-generator",
  "docker/github-builder",
  "docker/github-builder-experimental",
  "actions/attest",
  "actions/attest-build-provenance",
  "chainguard-dev/actions",
  "bazel-contrib/publish-to-bcr",
];

/** Warns of claims that admit a stranger, and names one: they name no repository, and the subject is missing or anybody's workflow. */
export function reportOpenClaims(
  value: YamlValue,
  { subject, subjectPattern, github }: Pick<KeylessSigner, "subject" | "subjectPattern" | "github">,
): void {
  const workflow = github?.["workflow"];
  if (workflow !== undefined && !isWorkflowFile(workflow)) {
    const message = `found ${quoteFound(workflow)} for workflow, a name that any workflow may give itself`;
    reportWarning(value, "weak-claims", message, "write its file: .github/workflows/FILE.yml");
  }
  if (github?.["repository"] !== undefined) return;
  const remedy = "write github: { repository: OWNER/NAME }";
  if (github !== null && subject === null && subjectPattern === null) {
    const ref = github["ref"]?.replaceAll(/\{(?:tag|version)\}/g, "v1") ?? "refs/heads/main";
    const slips = `https://github.com/stranger/app/.github/workflows/release.yml@${ref}`;
    reportWarning(value, "weak-claims", `found claims without a repository, which also let in ${slips}`, remedy);
  }
  const shared = SHARED_WORKFLOWS.find((one) => (subject ?? subjectPattern ?? "").replaceAll("\\", "").includes(`github.com/${one}/`));
  if (shared === undefined) return;
  const message = `found a workflow of ${shared} without a repository: it signs for whoever calls it, which also lets in stranger/app`;
  reportWarning(value, "shared-workflow", message, remedy);
}
