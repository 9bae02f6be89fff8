import { describe, expect, it } from "vitest";
import { matchesGlob } from "node:path";
import { addProposals, type AddedProposal, type Proposal } from "../../lib/watchlist/propose/add-proposal.ts";
import { linesOf, loadFromText, RELEASE_PEM } from "./load-from-text.ts";

const keyless = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "https://github.com/acme/app/.github/workflows/r.yml@refs/tags/{tag}",
};

function proposal(repository: string, changes: Partial<Proposal> = {}): Proposal {
  return { name: "app", comments: ["5 of 5 releases"], policy: { signers: [{ keyless }] }, repositories: [repository], ...changes };
}

const PATH = "/watch/sealwatch.yaml";

/** The watch list's text (null: none yet) with files beside it. */
function add(text: string | null, proposals: readonly Proposal[], others: Readonly<Record<string, string>> = {}): AddedProposal {
  const beside = { "ops.pub": RELEASE_PEM, ...others, ...(text === null ? {} : { "sealwatch.yaml": text }) };
  const files = new Map(Object.entries(beside).map(([name, content]) => [`/watch/${name}`, content]));
  return addProposals(
    PATH,
    {
      read: (path) => files.get(path) ?? null,
      list: (pattern, relativeTo) => [...files.keys()].filter((path) => matchesGlob(path, `${relativeTo}/${pattern}`)),
    },
    proposals,
  );
}

function textOf(text: string | null, ...proposals: Proposal[]): string {
  const added = add(text, proposals);
  if (added.kind === "refused" || added.text === null) throw new Error(JSON.stringify(added));
  return added.text;
}

function problemsOf(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  return linesOf(loadFromText(text, { "ops.pub": RELEASE_PEM, ...others }));
}

describe("addProposals", () => {
  it("makes a watch list that can be used as it is", () => {
    const text = textOf(null, proposal("ghcr.io/acme/app"));
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(text).toContain("# 5 of 5 releases");
    expect(problemsOf(text)).toEqual([]);
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
    expect(problemsOf(textOf("version: 1", proposal("ghcr.io/acme/app")))).toEqual([]);
  });

  it("leaves a repository that is on the list as it is, and says which", () => {
    const before =
      "version: 1\npolicies: { ops: { signers: [{ key: ops.pub }] } }\nrepositories:\n  - repository: [ghcr.io/acme/app, ghcr.io/acme/api]\n    policy: ops\n";
    expect(add(before, [proposal("ghcr.io/acme/app")])).toEqual({ kind: "added", text: null, present: ["ghcr.io/acme/app"] });
    expect(textOf(before, proposal("ghcr.io/acme/app"), proposal("ghcr.io/acme/new"))).toContain("repository: ghcr.io/acme/new");
  });

  it("gives a policy another name where its own is taken", () => {
    const before = textOf(null, proposal("ghcr.io/acme/app"));
    const text = textOf(before, proposal("ghcr.io/other/app"));
    expect(text).toContain("app-2:");
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    [
      "policies come from elsewhere, repositories last",
      "version: 1\ninclude: [p.yaml]\nrepositories:\n  - repository: a/b\n    policy: own\n",
    ],
    ["no repositories, policies in braces", "version: 1\npolicies: {}\n"],
    ["no repositories, policies last", "version: 1\npolicies:\n  ops: { signers: [{ key: ops.pub }] }\n"],
    ["policies without a value", "version: 1\npolicies:\nrepositories:\n"],
    [
      "repositories in brackets",
      "version: 1\npolicies:\n  ops: { signers: [{ key: ops.pub }] }\nrepositories: [{ repository: a/b, policy: ops }]\n",
    ],
    ["nothing but a comment", "# ours\n"],
    ["nothing at all", "\n"],
  ])("gives a watch list that loads: %s", (_, before) => {
    const others = { "p.yaml": "policies:\n  own: { signers: [{ key: ops.pub }] }\n" };
    const added = add(before, [proposal("ghcr.io/acme/app"), proposal("ghcr.io/acme/api", { name: "api" })], others);
    if (added.kind === "refused" || added.text === null) throw new Error(JSON.stringify(added));
    const errors = problemsOf(added.text, others).filter((line) => line.includes(" error: "));
    expect(errors).toEqual([]);
    expect(added.text).toContain("repository: ghcr.io/acme/api");
  });

  it("counts what included files have: their repositories and the names of their policies", () => {
    const team = "policies:\n  app: { signers: [{ key: ../ops.pub }] }\nrepositories:\n  - { repository: acme/app, policy: app }\n";
    const before = "version: 1\ninclude: [teams/*.yaml]\n";
    const added = add(before, [proposal("docker.io/acme/app"), proposal("ghcr.io/other/app")], { "teams/a.yaml": team });
    expect(added).toMatchObject({ kind: "added", present: ["docker.io/acme/app"] });
    expect(added.kind === "added" && added.text).toContain("app-2:");
    expect(added.kind === "added" && added.text).not.toContain("docker.io/acme/app");
  });

  it("keeps line ends as they are", () => {
    const before = "version: 1\r\npolicies:\r\n  ops: { signers: [{ key: ops.pub }] }\r\n";
    const text = textOf(before, proposal("ghcr.io/acme/app"));
    expect(text.startsWith(before)).toBe(true);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("refuses a result that would not load, and says what to add by hand", () => {
    const added = add("version: 1\n", [proposal("ghcr.io/acme/app", { policy: { signers: [{ key: "nowhere.pub" }] } })]);
    expect(added).toMatchObject({ kind: "refused", problems: [{ code: "missing-file" }] });
    expect(added.kind === "refused" && added.byHand).toMatch(/^policies:\n {2}# .*\n {2}app:\n/);
  });

  it("does not hold against a proposal what was wrong before", () => {
    const before =
      "version: 1\nowner: us\npolicies:\n  ops: { signers: [{ key: gone.pub }] }\nrepositories:\n  - { repository: a/b, policy: ops }\n";
    expect(add(before, [proposal("ghcr.io/acme/app")]).kind).toBe("added");
  });

  it("touches nothing that it does not understand, and says where", () => {
    expect(add("- a\n", [proposal("ghcr.io/acme/app")]).kind).toBe("refused");
    expect(add("version: 1\nrepositories: none\n", [proposal("ghcr.io/acme/app")]).kind).toBe("refused");
    expect(add("version: [1\n", [proposal("ghcr.io/acme/app")])).toMatchObject({
      kind: "refused",
      problems: [{ code: "yaml-syntax", file: PATH, line: 2 }],
    });
  });
});
