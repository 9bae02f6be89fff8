import { describe, expect, it } from "vitest";
import { renderGithubAnnotations, renderGithubSummary, type GithubFinding, type GithubRelease } from "../../../bin/terminal/github.ts";

function release(changes: Partial<GithubRelease> = {}): GithubRelease {
  return {
    repository: "ghcr.io/acme/app",
    tag: "v1.4.2",
    verdict: "unsigned",
    reason: "nothing-found",
    explanation: "No signature: every place answered, none holds one",
    since: "2026-11-20T02:00:00Z",
    exemption: null,
    ...changes,
  };
}

const RUN = "2026-11-20T02:00:00Z";
const audit = (...releases: GithubRelease[]) => ({ repositories: [{ repository: "ghcr.io/acme/app" }], releases });

function finding(tag: string | null, changes: Partial<GithubFinding> = {}): GithubFinding {
  const about = { cause: "release-unsigned", severity: "alert", status: "open", repository: "ghcr.io/acme/app" } as const;
  return { ...about, tag, openedAt: RUN, ...changes };
}

/** `error v1.4.2 unsigned`, one line an annotation. */
function annotations(releases: readonly GithubRelease[], findings: readonly GithubFinding[]): string[] {
  const lines = renderGithubAnnotations({ ...audit(...releases), run: { id: RUN }, findings });
  return lines.map((line) => line.replace(/^::(\w+) title=ghcr\.io\/acme\/app(?:%3A)?(.*?)::.*$/, "$1 $2").replace("  ", " "));
}

describe("GitHub's annotations", () => {
  it("name new regressions first, then older ones", () => {
    const tags = ["v1", "v2", "v3"];
    const old = { openedAt: "2026-11-19T02:00:00Z" };
    expect(
      annotations(
        tags.map((tag) => release({ tag })),
        [finding("v1", old), finding("v2"), finding("v3", old)],
      ),
    ).toEqual(["error v2 unsigned", "error v1 unsigned", "error v3 unsigned"]);
  });

  it("name what was bad from the beginning, or is acknowledged, as notices", () => {
    const releases = [release({ tag: "v1" }), release({ tag: "v2" }), release({ tag: "v3" })];
    expect(annotations(releases, [finding("v2", { status: "acknowledged" }), finding("v3")])).toEqual([
      "error v3 unsigned",
      "notice v1 unsigned",
      "notice v2 unsigned",
    ]);
  });

  it("name alerts of tags that are gone and of whole repositories, by their cause", () => {
    const findings = [finding("v9", { cause: "tag-moved" }), finding(null, { cause: "coverage-lost" })];
    expect(annotations([], findings)).toEqual(["error v9 tag-moved", "error coverage-lost"]);
  });

  it("name nothing that is signed, unknown or exempt, and no warning", () => {
    const releases = [release({ verdict: "signed" }), release({ verdict: "unknown" }), release({ exemption: {} })];
    expect(annotations(releases, [finding("v1.4.2", { severity: "warning", cause: "signer-changed" })])).toEqual([]);
  });

  it("are at most ten of a kind, and no text ends a line or a property", () => {
    const many = Array.from({ length: 12 }, (_, at) => release({ tag: `v${at}` }));
    expect(
      annotations(
        many,
        many.map(({ tag }) => finding(tag)),
      ),
    ).toHaveLength(10);
    const hostile = release({ tag: "a,b::c", explanation: "50% off\n::error::x" });
    const [line] = renderGithubAnnotations({ ...audit(hostile), run: { id: RUN }, findings: [finding("a,b::c")] });
    expect(line).toBe("::error title=ghcr.io/acme/app%3Aa%2Cb%3A%3Ac unsigned::50%25 off\\u{a}::error::x");
  });
});

describe("GitHub's summary", () => {
  it("counts each repository and lists what is not signed", () => {
    const text = renderGithubSummary(audit(release(), release({ tag: "v1", verdict: "signed", reason: null })));
    expect(text).toContain("| ghcr.io/acme/app | 2 | 1 | 1 | 0 | 0 | 0 |");
    expect(text).toContain("| ghcr.io/acme/app | v1.4.2 | unsigned | nothing-found | 2026-11-20 |");
    expect(text).not.toContain("| v1 |");
  });

  it("has columns that add up: an exempt release counts as that alone, and a pending one has a column", () => {
    const text = renderGithubSummary(audit(release({ exemption: {} }), release({ verdict: "pending" })));
    expect(text).toContain("| Repository | Releases | Signed | Unsigned | Untrusted | Unknown | Pending | Exempt |");
    expect(text).toContain("| ghcr.io/acme/app | 2 | 0 | 0 | 0 | 0 | 1 | 1 |");
  });

  it("shows hostile text as text", () => {
    const text = renderGithubSummary(audit(release({ tag: "<img src=x>|[a](b)" })));
    expect(text).not.toContain("<img");
    expect(text).not.toContain("](");
  });
});
