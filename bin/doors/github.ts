import { appendFileSync } from "node:fs";
import { renderGithubErrors, renderGithubSummary, type GithubAudit } from "../terminal/github.ts";

/**
 * Under GitHub Actions: a summary on the job's page, and annotations among the lines of the step, unless stdout is a JSON document.
 * Answers with those lines, each with its line feed. A summary that cannot be written is said on stderr and changes nothing else.
 */
export function tellGithub(audit: GithubAudit, options: { readonly json: boolean }): string {
  if (process.env["GITHUB_ACTIONS"] !== "true") return "";
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary !== undefined && summary !== "") {
    try {
      appendFileSync(summary, renderGithubSummary(audit));
    } catch (error) {
      process.stderr.write(`sealwatch: GITHUB_STEP_SUMMARY cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return options.json
    ? ""
    : renderGithubErrors(audit)
        .map((line) => `${line}\n`)
        .join("");
}
