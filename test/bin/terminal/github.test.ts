import { describe, expect, it } from "vitest";
import { renderGithubErrors, renderGithubSummary, type GithubRelease } from "../../../bin/terminal/github.ts";

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

const audit = (...releases: GithubRelease[]) => ({ repositories: [{ repository: "ghcr.io/acme/app" }], releases });

describe("GitHub's annotations", () => {
  it("name each release that is unsigned or untrusted and not exempt", () => {
    const lines = renderGithubErrors(
      audit(release(), release({ verdict: "signed" }), release({ verdict: "unknown" }), release({ exemption: {} })),
    );
    expect(lines).toEqual(["::error title=ghcr.io/acme/app%3Av1.4.2 unsigned::No signature: every place answered, none holds one"]);
  });

  it("are at most ten, and no text ends a line or a property", () => {
    expect(renderGithubErrors(audit(...Array.from({ length: 12 }, () => release())))).toHaveLength(10);
    const [line] = renderGithubErrors(audit(release({ tag: "a,b::c", explanation: "50% off\n::error::x" })));
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

  it("shows hostile text as text", () => {
    const text = renderGithubSummary(audit(release({ tag: "<img src=x>|[a](b)" })));
    expect(text).not.toContain("<img");
    expect(text).not.toContain("](");
  });
});
