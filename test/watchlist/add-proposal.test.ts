import { describe, expect, it } from "vitest";
import { addProposals, type Proposal } from "../../lib/watchlist/add-proposal.ts";
import { linesOf, loadFromText } from "./load-from-text.ts";

const keyless = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "https://github.com/acme/app/.github/workflows/r.yml@refs/tags/{tag}",
};

function proposal(repository: string, changes: Partial<Proposal> = {}): Proposal {
  return { name: "app", comments: ["5 of 5 releases"], policy: { signers: [{ keyless }] }, repositories: [repository], ...changes };
}

function textOf(text: string | null, ...proposals: Proposal[]): string {
  const added = addProposals(text, proposals);
  if (added.kind === "malformed") throw new Error(added.detail);
  return added.text;
}

describe("addProposals", () => {
  it("makes a watch list that can be used as it is", () => {
    const text = textOf(null, proposal("ghcr.io/acme/app"));
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(text).toContain("# 5 of 5 releases");
    expect(linesOf(loadFromText(text))).toEqual([]);
  });

  it("adds to what is there and keeps every line of it, comments included", () => {
    const before = [
      "# ours",
      "version: 1",
      "policies:",
      "  ops: # by hand",
      "    signers:",
      "      - key: ops.pub",
      "repositories:",
      "  # the first",
      "  - repository: ghcr.io/acme/api",
      "    policy: ops",
      "",
    ].join("\n");
    const text = textOf(before, proposal("ghcr.io/acme/app"));
    for (const line of before.split("\n")) expect(text.split("\n")).toContain(line);
    expect(text).toContain("  - repository: ghcr.io/acme/app\n    policy: app\n");
    expect(text).toContain("\n  # 5 of 5 releases\n  app:\n    signers:\n");
  });

  it("finds its place in a file without a last line feed, and in one that has neither key", () => {
    const before =
      "version: 1\nrepositories:\n- repository: ghcr.io/acme/api\n  policy: ops\npolicies:\n  ops:\n    signers: [{ key: ops.pub }]";
    const text = textOf(before, proposal("ghcr.io/acme/app"));
    expect(
      text.startsWith("version: 1\nrepositories:\n- repository: ghcr.io/acme/api\n  policy: ops\n- repository: ghcr.io/acme/app\n"),
    ).toBe(true);
    expect(text).toContain("signers: [{ key: ops.pub }]\n  # 5 of 5 releases\n  app:\n");
    expect(linesOf(loadFromText(textOf("version: 1", proposal("ghcr.io/acme/app"))))).toEqual([]);
  });

  it("leaves a repository that is on the list as it is, and says which", () => {
    const before =
      "version: 1\npolicies: { ops: { signers: [{ key: ops.pub }] } }\nrepositories:\n  - repository: [ghcr.io/acme/app, ghcr.io/acme/api]\n    policy: ops\n";
    expect(addProposals(before, [proposal("ghcr.io/acme/app")])).toEqual({
      kind: "added",
      text: expect.stringContaining("policy: ops") as string,
      present: ["ghcr.io/acme/app"],
    });
    expect(textOf(before, proposal("ghcr.io/acme/app"))).not.toContain("keyless");
  });

  it("gives a policy another name where its own is taken", () => {
    const before = textOf(null, proposal("ghcr.io/acme/app"));
    const text = textOf(before, proposal("ghcr.io/other/app"));
    expect(text).toContain("app-2:");
    expect(linesOf(loadFromText(text))).toEqual([]);
  });

  it("touches nothing that it does not understand", () => {
    expect(addProposals("- a\n", [proposal("ghcr.io/acme/app")]).kind).toBe("malformed");
    expect(addProposals("version: [1\n", [proposal("ghcr.io/acme/app")]).kind).toBe("malformed");
    expect(addProposals("version: 1\nrepositories: none\n", [proposal("ghcr.io/acme/app")]).kind).toBe("malformed");
  });
});
