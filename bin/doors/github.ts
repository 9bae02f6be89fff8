import { appendFileSync } from "node:fs";
import { renderGithubAnnotations, renderGithubSummary, type GithubAudit } from "../terminal/github.ts";

/**
 * Writes, under GitHub Actions, a summary on the page of the job. Returns annotations for the output of the step, unless stdout is a JSON
 * document. If the summary cannot be written, that is reported on stderr and changes nothing else.
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
    : renderGithubAnnotations(audit)
        .map((line) => `${line}\n`)
        .join("");
}
