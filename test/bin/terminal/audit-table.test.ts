import { describe, expect, it } from "vitest";
import { renderFindingPage, renderFindingsTable } from "../../../bin/terminal/findings-table.ts";
import { COLOURED, PLAIN } from "../../../lib/text/palette.ts";
import { renderAuditTable, type AuditTable } from "../../../bin/terminal/audit-table.ts";
import { makeFinding } from "../../notification/make-finding.ts";

const REPOSITORY = "ghcr.io/acme/app";
const SINCE = "2026-11-20T02:00:00Z";

const AUDIT: AuditTable = {
  repositories: [{ repository: REPOSITORY, failure: null }],
  releases: [
    { repository: REPOSITORY, tag: "v1.4.10", verdict: "unsigned", reason: "nothing-found", since: SINCE, exemption: null },
    { repository: REPOSITORY, tag: "v1.4.1", verdict: "signed", reason: null, since: SINCE, exemption: null },
    { repository: REPOSITORY, tag: "v1.0.0", verdict: "unsigned", reason: "nothing-found", since: SINCE, exemption: { reason: "EOL" } },
  ],
  findings: [{ id: "7Q3K9D2M", repository: REPOSITORY, tag: "v1.4.10", status: "open", cause: "release-unsigned", openedAt: SINCE }],
};

describe("renderAuditTable", () => {
  it("counts each repository and lists what is not signed", () => {
    expect(renderAuditTable(AUDIT, { all: false, palette: PLAIN })).toBe(
      [
        "REPOSITORY        RELEASES  SIGNED  UNSIGNED  UNTRUSTED  UNKNOWN  EXEMPT",
        "ghcr.io/acme/app  3         1       1         0          0        1",
        "  v1.4.10  unsigned  nothing-found  since 2026-11-20  7Q3K9D2M",
        "  v1.0.0   unsigned  nothing-found  since 2026-11-20  -         exempt",
        "",
      ].join("\n"),
    );
  });

  it("lists every release when all are asked for", () => {
    expect(renderAuditTable(AUDIT, { all: true, palette: PLAIN })).toContain("  v1.4.1   signed    -              since 2026-11-20\n");
  });

  it("shows a signed release with an open finding, and no id of a resolved one", () => {
    const finding = { ...AUDIT.findings[0]!, tag: "v1.4.1", cause: "tag-moved" };
    expect(renderAuditTable({ ...AUDIT, findings: [finding] }, { all: false, palette: PLAIN })).toMatch(
      /v1\.4\.1 +signed +tag-moved .*7Q3K9D2M/,
    );
    expect(renderAuditTable({ ...AUDIT, findings: [{ ...finding, status: "resolved" }] }, { all: true, palette: PLAIN })).not.toContain(
      "7Q3K9D2M",
    );
  });

  it("has a column for pending releases if there are any", () => {
    const pending = { ...AUDIT.releases[0]!, verdict: "pending" } as const;
    const [head, row] = renderAuditTable({ ...AUDIT, releases: [pending] }, { all: false, palette: PLAIN }).split("\n");
    expect(head).toBe("REPOSITORY        RELEASES  SIGNED  UNSIGNED  UNTRUSTED  UNKNOWN  PENDING  EXEMPT");
    expect(row).toBe("ghcr.io/acme/app  1         0       0         0          0        1        0");
  });

  it("shows every finding of a repository, of its releases that are gone, of others and of the watch list", () => {
    const found = (id: string, cause: string, repository: string | null, tag: string | null) => {
      return { id, cause, repository, tag, status: "open", openedAt: SINCE };
    };
    const findings = [
      found("AAAAAAAA", "coverage-lost", REPOSITORY, null),
      found("BBBBBBBB", "visibility-changed", REPOSITORY, null),
      found("CCCCCCCC", "never-judged", REPOSITORY, "v9.9.9"),
      found("DDDDDDDD", "policy-changed", null, null),
      found("EEEEEEEE", "repository-gone", "ghcr.io/acme/old", null),
    ];
    expect(
      renderAuditTable({ ...AUDIT, findings }, { all: false, palette: PLAIN })
        .split("\n")
        .slice(2),
    ).toEqual([
      "  coverage-lost  since 2026-11-20  AAAAAAAA",
      "  visibility-changed  since 2026-11-20  BBBBBBBB",
      "  v1.4.10  unsigned  nothing-found  since 2026-11-20",
      "  v1.0.0   unsigned  nothing-found  since 2026-11-20  -  exempt",
      "  v9.9.9  never-judged  since 2026-11-20  CCCCCCCC",
      "sealwatch.yaml",
      "  policy-changed  since 2026-11-20  DDDDDDDD",
      "ghcr.io/acme/old",
      "  repository-gone  since 2026-11-20  EEEEEEEE",
      "",
    ]);
  });

  it("says of a finding that it is acknowledged, or no longer", () => {
    const [finding] = AUDIT.findings;
    const table = (changes: object) =>
      renderAuditTable({ ...AUDIT, findings: [{ ...finding!, ...changes }] }, { all: false, palette: PLAIN });
    expect(table({ status: "acknowledged" })).toContain("7Q3K9D2M (acknowledged)");
    expect(table({ formerAcknowledgement: {} })).toContain("7Q3K9D2M (no longer acknowledged)");
  });

  it("says why a listing is not complete, escaped", () => {
    const table = { ...AUDIT, repositories: [{ repository: REPOSITORY, failure: "403\u001b[2J" }] };
    expect(renderAuditTable(table, { all: false, palette: PLAIN })).toContain("\n  listing not complete: 403\\u{1b}[2J\n");
  });

  it("keeps columns aligned under colours", () => {
    const coloured = renderAuditTable(AUDIT, { all: true, palette: COLOURED });
    expect(coloured).toContain("\u001b[31m");
    // Exactly the sequences of the palette are taken out.
    const stripped = coloured
      .split("\u001b")
      .map((part, at) => (at === 0 ? part : part.replace(/^\[\d+m/, "")))
      .join("");
    expect(stripped).toBe(renderAuditTable(AUDIT, { all: true, palette: PLAIN }));
  });
});

describe("findings", () => {
  it("are listed with id, cause, status and when they opened", () => {
    const [head, row] = renderFindingsTable([makeFinding()], PLAIN).split("\n");
    expect(head).toMatch(/^ID +SEVERITY +CAUSE +STATUS +OPENED +REPOSITORY +TAG$/);
    expect(row).toBe("7Q3K9D2M  alert     release-unsigned  open    2026-11-20 02:00  ghcr.io/acme/app  v1.4.2");
  });

  it("show who acknowledged them until when", () => {
    const acknowledgement = { until: "2026-11-25", reason: "known\nproblem", owner: "ops", at: SINCE };
    const page = renderFindingPage(makeFinding({ status: "acknowledged", acknowledgement }), { history: null });
    expect(page).toContain("\nAcknowledged: until 2026-11-25 by ops: known\\u{a}problem\n");
  });

  it("show that they were acknowledged and are no longer", () => {
    const acknowledgement = { until: "2026-11-25", reason: "known", owner: "ops", at: SINCE };
    const step = { by: "person", at: SINCE, status: "acknowledged", acknowledgement, resolvedAt: null, resolution: null } as const;
    const reopened = makeFinding({ steps: [step, { ...step, by: "run", status: "open", acknowledgement: null }] });
    expect(renderFindingsTable([reopened], PLAIN)).toContain("  open (was acknowledged)  ");
    expect(renderFindingPage(reopened, { history: null })).toContain("\nNo longer acknowledged: it was until 2026-11-25 by ops: known\n");
  });
});
