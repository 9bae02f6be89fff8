import { describe, expect, it } from "vitest";
import type { Observation } from "../../lib/history/state.ts";
import type { Coverage } from "../../lib/history/run-record.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { observation, SIGNER } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const LIMIT_BYTES = 3_000_000;
const names = Array.from({ length: 60 }, (_, at) => `ghcr.io/acme-corporation/department-${at % 9}/application-${at}`);

const byKey = () => [SIGNER];
/** Each release was signed by its own tag's run of the workflow, on a day of its own. */
const byWorkflow = (name: string, tag: string, at: number) => [
  {
    ...SIGNER,
    kind: "keyless" as const,
    identity: `https://github.com/acme/${name.split("/").at(-1)}/.github/workflows/release.yml@refs/tags/${tag}`,
    issuer: "https://token.actions.githubusercontent.com",
    signedAt: new Date(Date.parse("2026-06-01T00:00:00Z") + at * 3_600_000).toISOString(),
  },
];

describe.each([
  ["a key", byKey],
  ["workflows", byWorkflow],
])("the page of 60 repositories with 800 releases each, signed by %s", (_signer, signersOf) => {
  // Half of the releases are of the first night, the rest comes in over the month; one in a hundred is unsigned for a day.
  const observations = new Map(
    names.map((name) => [
      name,
      Array.from({ length: 800 }, (_, at): Observation[] => {
        const [tag, night] = [`v${at}.12.3`, at < 400 ? 1 : 1 + (at % 30)];
        const signers = signersOf(name, tag, at);
        const first = observation({ run: octoberNight(night), tag, digest: digestOf(`${name}:${tag}`), signers });
        return at % 100 === 0
          ? [
              { ...first, verdict: "unsigned", signers: [] },
              { ...first, run: octoberNight(night + 1) },
            ]
          : [first];
      }).flat(),
    ]),
  );
  const coverage = names.map((repository): Coverage => ({
    repository,
    listed: true,
    expected: 800,
    releases: 800,
    judged: 800,
    unknown: 0,
  }));
  const runs = Array.from({ length: 31 }, (_, at) => octoberRun(at + 1, { coverage }));
  const report = octoberReport(factsOf(runs, [], { observations }));

  it("is small enough to open at once, and has every release", () => {
    const page = [...formatHtml(report)].join("");
    expect(report.sentence).toContain(
      "47520 of 48000 releases in 60 repositories signed; 480 unsigned for up to 24 h. 31 of 31 nights complete.",
    );
    expect(Buffer.byteLength(page)).toBeLessThan(LIMIT_BYTES);
    const shown = new Set(page.match(/v\d+\.12\.3 [0-9a-f]{12}/g));
    const wanted = report.repositories.flatMap(({ releases }) => releases.map(({ tag, digest }) => `${tag} ${digest!.slice(7, 19)}`));
    expect(wanted.filter((one) => !shown.has(one))).toEqual([]);
  });
});
