import { describe, expect, it } from "vitest";
import { renderFinding } from "../../lib/notification/finding-text.ts";
import { renderMessage, type MessageEntry } from "../../lib/notification/message.ts";
import { makeFinding, SIGNED_BEFORE } from "./make-finding.ts";

const RUN = { id: "2026-11-20T02:00:00Z", history: null };

function opened(finding: Parameters<typeof makeFinding>[0]): MessageEntry {
  return { kind: "opened", finding: makeFinding(finding) };
}

const BASELINE: MessageEntry = {
  kind: "baseline",
  summary: { repository: "ghcr.io/acme/app", run: RUN.id, releases: 41, signed: 40, unsigned: 1, untrusted: 0, unknown: 0, pending: 0 },
};

describe("renderMessage", () => {
  it("gives one finding its full text", () => {
    const message = renderMessage(RUN, [opened({})]);
    expect(message.text).toBe(renderFinding(makeFinding(), RUN));
    expect(message.text.split("\n")[0]).toBe(message.subject);
  });

  it("sums up a first audit", () => {
    expect(renderMessage(RUN, [BASELINE]).subject).toBe("[BASELINE] ghcr.io/acme/app 41 releases: 40 signed, 1 unsigned");
  });

  it("keeps a line for each cause and repository, known releases before new tags", () => {
    const { subject, text } = renderMessage(RUN, [
      opened({ tag: "v2.0.0", id: "NEWTAG00" }),
      opened({ tag: "v1.10.0", id: "KNOWN010", before: SIGNED_BEFORE }),
      opened({ tag: "v1.9.0", id: "KNOWN009", before: SIGNED_BEFORE }),
      opened({ repository: "ghcr.io/acme/web", tag: "v3.0.0", id: "WEBNEW00" }),
      opened({ cause: "tag-moved", severity: "notice", tag: "v1.1.0", id: "MOVED000", before: SIGNED_BEFORE }),
      { kind: "recovered", finding: makeFinding({ tag: "v1.2.0" }) },
      BASELINE,
    ]);
    expect(subject).toBe("[ALERT] 5 findings in 2 repositories: 4 release-unsigned, 1 tag-moved");
    const lines = text.split("\n");
    expect(lines[0]).toBe(subject);
    expect(lines.filter((line) => /^(?:ALERT|NOTICE|RECOVERED|BASELINE) /.test(line))).toEqual([
      "ALERT release-unsigned ghcr.io/acme/app: 2 known releases, 1 new tag",
      "ALERT release-unsigned ghcr.io/acme/web: 1 new tag",
      "NOTICE tag-moved ghcr.io/acme/app: 1 known release",
      "RECOVERED release-unsigned ghcr.io/acme/app: v1.2.0",
      "BASELINE ghcr.io/acme/app: 41 releases: 40 signed, 1 unsigned",
    ]);
    const ids = [...text.matchAll(/  ([A-Z0-9]{8}) sha256:/g)].map(([, id]) => id);
    expect(ids).toEqual(["KNOWN009", "KNOWN010", "NEWTAG00", "WEBNEW00", "MOVED000"]);
  });

  it("does not depend on the order of its entries", () => {
    const entries = ["v1.0.0", "v1.1.0", "v2.0.0"].map((tag) => opened({ tag, id: `ID${tag}` }));
    expect(renderMessage(RUN, entries.toReversed())).toEqual(renderMessage(RUN, entries));
  });

  it("cuts what is too much with its count and says where the rest is", () => {
    const many = Array.from({ length: 500 }, (_, at) => opened({ tag: `v1.${at}.0` }));
    const { text } = renderMessage({ ...RUN, history: "night.db" }, many);
    expect(text).toContain("… and 490 more");
    expect(text).toContain("sealwatch findings list --history night.db");
  });

  it("keeps each cause and repository where whole releases are cut", () => {
    const many = Array.from({ length: 300 }, (_, at) => opened({ repository: `ghcr.io/acme/app-${at}` }));
    const lines = renderMessage(RUN, many).text.split("\n");
    expect(lines.filter((line) => line.startsWith("ALERT release-unsigned "))).toHaveLength(300);
  });

  it("stays small enough for a message when thousands of repositories are affected", () => {
    const many = Array.from({ length: 5000 }, (_, at) => opened({ repository: `ghcr.io/${"team/".repeat(20)}app-${at}` }));
    const { subject, text } = renderMessage(RUN, many);
    expect(text.length).toBeLessThan(64_000);
    expect(text).toMatch(/… and \d+ more lines: sealwatch findings list/);
    expect(subject.length).toBeLessThanOrEqual(100);
  });
});
