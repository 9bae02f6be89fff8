import { describe, expect, it } from "vitest";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { digest, SIGNER } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const ALL = Array.from({ length: 31 }, (_, at) => octoberRun(at + 1));
const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/";

function release(tag: string, letter: string, identity: string) {
  const signers = [{ ...SIGNER, signer: "workflow", kind: "keyless" as const, identity, issuer: "https://issuer.example" }];
  return { run: octoberNight(1), tag, digest: digest(letter), signers };
}
const signersOf = (...releases: ReturnType<typeof release>[]) =>
  octoberReport(factsOf(ALL, releases)).signers.map(({ identity, releases: count }) => [identity, count]);

describe("the signers of a report", () => {
  it("are one where a workflow signs by the tag that it runs for, moving tags included", () => {
    const [first, second] = [release("v1.0.0", "a", `${WORKFLOW}v1.0.0`), release("v1.1.0", "b", `${WORKFLOW}v1.1.0`)];
    expect(signersOf(first, second, { ...second, tag: "latest" })).toEqual([[`${WORKFLOW}{tag}`, 3]]);
  });

  it("show a tag that is none of the digest's", () => {
    expect(signersOf(release("v1.0.0", "a", `${WORKFLOW}v1.0.0`), release("v1.1.0", "b", `${WORKFLOW}v1.0.0`))).toEqual([
      [`${WORKFLOW}v1.0.0`, 1],
      [`${WORKFLOW}{tag}`, 1],
    ]);
  });

  it("are in the page up to the five hundred of most releases, which says how many there are", () => {
    const many = Array.from({ length: 501 }, (_, at) => release(`v1.${at}.0`, "a", `engineer-${at}@acme.example`));
    const page = [...formatHtml(octoberReport(factsOf(ALL, many)))].join("");
    expect(page).toContain("The 500 of most releases; the JSON has all 501.");
    expect(page.match(/engineer-\d+@acme\.example/g)).toHaveLength(500);
  });
});
