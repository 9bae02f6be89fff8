import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renderFinding } from "../../lib/notification/finding-text.ts";
import { renderMessage } from "../../lib/notification/message.ts";
import type { MessageEntry } from "../../lib/notification/message-entry.ts";
import { WATCH_LIST_NAME } from "../../lib/history/state.ts";
import { DIGEST, makeFacts, makeFinding, SIGNED_BEFORE } from "./make-finding.ts";

const RUN = { id: "2026-11-20T02:00:00Z", since: "2026-11-20T02:00:00Z", history: null, remindSeconds: null };

/** Each tag names a digest of its own, unless told otherwise. */
function opened(finding: NonNullable<Parameters<typeof makeFinding>[0]>): MessageEntry {
  return { kind: "opened", finding: makeFinding({ digest: digestFor(finding.tag ?? "v1.4.2"), ...finding }) };
}

function digestFor(tag: string): `sha256:${string}` {
  return `sha256:${createHash("sha256").update(tag).digest("hex")}`;
}

const BASELINE: MessageEntry = {
  kind: "baseline",
  summary: { repository: "ghcr.io/acme/app", run: RUN.id, releases: 41, signed: 40, unsigned: 1, untrusted: 0, unknown: 0, pending: 0 },
};

describe("renderMessage", () => {
  it("gives one finding its full text", () => {
    const message = renderMessage(RUN, [{ kind: "opened", finding: makeFinding() }]);
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
      "RECOVERED release-unsigned ghcr.io/acme/app: v1.2.0 7Q3K9D2M",
      "BASELINE ghcr.io/acme/app: 41 releases: 40 signed, 1 unsigned",
    ]);
    const ids = [...text.matchAll(/  ([A-Z0-9]{8}) sha256:/g)].map(([, id]) => id);
    expect(ids).toEqual(["KNOWN009", "KNOWN010", "NEWTAG00", "WEBNEW00", "MOVED000"]);
  });

  it("counts the watch list as no repository, and says what changed in it", () => {
    const policy = {
      name: "release",
      flips: 3,
      byVerdict: { untrusted: 3 },
      examples: [],
      repositories: [],
      loosened: [],
      owners: [],
      loosenedCount: 0,
      formerChannels: [],
    };
    const changed = { cause: "policy-changed", repository: WATCH_LIST_NAME, tag: null, digest: null, id: "CHANGED0" } as const;
    const entry: MessageEntry = { kind: "opened", finding: makeFinding({ ...changed, facts: makeFacts({ policy }) }) };
    const { subject, text } = renderMessage(RUN, [entry, opened({})]);
    expect(subject).toBe("[ALERT] 2 findings in ghcr.io/acme/app and the watch list: 1 policy-changed, 1 release-unsigned");
    expect(text).toContain("\nALERT policy-changed: policy release changed: 3 releases now untrusted\n  CHANGED0\n  To do: ");
    expect(text).not.toContain(WATCH_LIST_NAME);
    const reminder: MessageEntry = { ...entry, kind: "reminder", run: RUN.id };
    expect(renderMessage(RUN, [reminder, opened({})]).text).toContain(
      "\nREMINDER policy-changed: policy release changed: 3 releases now untrusted (CHANGED0), told since 2026-11-20\n",
    );
  });

  it("says of a recovery that its release is not signed", () => {
    const ended = { digest: DIGEST, verdict: "unsigned", reason: "nothing-found", signers: [], run: RUN.id } as const;
    const entry: MessageEntry = { kind: "recovered", finding: makeFinding({ cause: "evidence-flooded", tag: "v1.2.0", ended }) };
    expect(renderMessage(RUN, [entry, BASELINE]).text).toContain(
      "\nRECOVERED evidence-flooded ghcr.io/acme/app: v1.2.0 7Q3K9D2M (now unsigned)\n",
    );
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

  it("says when the channel is told again, where it is", () => {
    const week = { ...RUN, remindSeconds: 7 * 86_400 };
    const lastLine = (...entries: MessageEntry[]): string | undefined => renderMessage(week, entries).text.split("\n").at(-1);
    expect(lastLine(opened({}))).toBe("You are told once; reminder on 2026-11-27.");
    expect(lastLine(opened({}), opened({ tag: "v2.0.0" }))).toBe("You are told once; reminder on 2026-11-27.");
    expect(lastLine(BASELINE)).toBe("You are told once.");
    expect(lastLine(opened({ status: "resolved", resolvedAt: RUN.id }))).toBe("You are told once.");
  });

  it("says what became of a finding that is told nights later", () => {
    const late = opened({ openedAt: "2026-11-18T02:00:00Z", status: "resolved", resolvedAt: RUN.id, resolution: "recovered" });
    const { text } = renderMessage({ ...RUN, since: "2026-11-18T02:00:00Z" }, [late]);
    expect(text).toContain("\nMeanwhile: resolved 2026-11-20 02:00 UTC (recovered)\n");
    expect(text).not.toContain("Acknowledge:");
    expect(renderMessage({ ...RUN, since: "2026-11-18T02:00:00Z" }, [late, opened({ tag: "v2.0.0" })]).text).toMatch(
      /^Runs: 2026-11-18 02:00 to 2026-11-20 02:00 UTC$[^]*v1\.4\.2 unsigned \(v1\.4\.1 was signed\) \(meanwhile resolved\)/m,
    );
  });
});

describe("several tags of one digest", () => {
  const tags = (...names: string[]): MessageEntry[] => names.map((tag, at) => opened({ tag, id: `PUSHED0${at}`, digest: DIGEST }));

  it("are told as one finding, the highest version first", () => {
    const { subject, text } = renderMessage(RUN, tags("latest", "v1.4", "v1.4.2"));
    expect(subject).toBe("[ALERT] ghcr.io/acme/app v1.4.2, v1.4, latest unsigned (v1.4.1 was signed)");
    expect(text.split("\n").slice(-3)).toEqual([
      "Acknowledge: sealwatch findings acknowledge PUSHED02 --until 3d --reason '…' --owner '…'",
      "  and likewise: PUSHED01, PUSHED00",
      "You are told once.",
    ]);
  });

  it("have one line in a list", () => {
    const { text } = renderMessage(RUN, [...tags("latest", "v1.4", "v1.4.2"), opened({ tag: "v2.0.0", id: "OTHER000" })]);
    expect(text).toContain(`\n  v1.4.2, v1.4, latest unsigned (v1.4.1 was signed)  PUSHED02, PUSHED01, PUSHED00 ${DIGEST}\n`);
    expect(text).toContain("\nALERT release-unsigned ghcr.io/acme/app: 4 new tags\n");
  });

  it("are cut where there are too many, with where to read them", () => {
    const { text } = renderMessage({ ...RUN, history: "night.db" }, tags(...Array.from({ length: 40 }, (_, at) => `v1.5.${at}`)));
    expect(text).toContain("v1.5.39, v1.5.38,");
    expect(text).toContain(", … and 30 more unsigned");
    expect(text).toContain("  All of them: sealwatch findings list --history night.db");
  });
});

describe("the subject of a list", () => {
  it("keeps its count where the name is too long", () => {
    const repository = `registry.acme.example/${"platform/".repeat(8)}app`;
    const entries = ["v1.0.0", "v1.0.1", "v1.0.2"].map((tag, at) => opened({ repository, tag, id: `LONG000${at}`, digest: null }));
    const { subject } = renderMessage(RUN, entries);
    expect(subject).toMatch(/^\[ALERT\] 3 findings in \.\.\.[^ ]*platform\/app: 3 release-unsigned$/);
    expect(subject.length).toBeLessThanOrEqual(100);
  });
});

describe("a reminder", () => {
  const finding = makeFinding({ openedAt: "2026-11-13T02:00:00Z" });

  it("says for how long, since when and when again", () => {
    const { subject, text } = renderMessage({ ...RUN, remindSeconds: 7 * 86_400 }, [{ kind: "reminder", finding, run: RUN.id }]);
    expect(subject).toBe("[REMINDER] ghcr.io/acme/app v1.4.2 unsigned for 7 days (v1.4.1 was signed)");
    const lines = text.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      subject,
      "Told since: 2026-11-13 02:00 UTC (7Q3K9D2M)",
      `Digest: ${DIGEST} (also served as: latest, v1)`,
    ]);
    expect(lines.at(-1)).toBe("Next reminder on 2026-11-27.");
  });

  it.each([
    ["signature-deleted", "lost its signature (deleted), now unsigned for 7 days"],
    ["signature-invalid", "has an invalid signature for 7 days"],
    ["coverage-lost", "not audited since 2026-11-19 02:00 UTC"],
  ] as const)("of %s reads as a sentence", (cause, headline) => {
    const entry = { kind: "reminder", finding: { ...finding, cause }, run: RUN.id } as const;
    expect(renderMessage(RUN, [entry]).subject).toBe(`[REMINDER] ghcr.io/acme/app v1.4.2 ${headline}`);
  });

  it("has a line in a list, after what is new", () => {
    const entries: MessageEntry[] = [{ kind: "reminder", finding, run: RUN.id }, opened({ tag: "v2.0.0" })];
    const { subject, text } = renderMessage(RUN, entries);
    expect(subject).toBe("[ALERT] 1 finding in ghcr.io/acme/app: 1 release-unsigned");
    expect(text).toContain("\nREMINDER release-unsigned ghcr.io/acme/app: v1.4.2 (7Q3K9D2M), told since 2026-11-13\n");
  });

  it("is not told once: a list says when it comes again", () => {
    const reminder = (tag: string): MessageEntry => ({ kind: "reminder", finding: { ...finding, tag }, run: RUN.id });
    const { subject, text } = renderMessage({ ...RUN, remindSeconds: 7 * 86_400 }, [reminder("v1.0.0"), reminder("v1.1.0")]);
    expect(subject).toBe("[REMINDER] 2 open findings in ghcr.io/acme/app: 2 release-unsigned");
    expect(text.split("\n").at(-1)).toBe("Next reminder on 2026-11-27.");
    expect(text).not.toContain("You are told once");
  });
});

describe("a storm", () => {
  const storm = { run: RUN.id, about: "ghcr.io", total: 212, of: 800, real: 3, recovered: 205, unread: 4 };

  it("says how many there were and what the second reading found", () => {
    const { subject, text } = renderMessage(RUN, [{ kind: "storm", storm }]);
    expect(subject).toBe("[STORM] ghcr.io: 212 of 800 releases turned worse in one run; 3 proved real");
    expect(text).toContain("\nRead again: 3 proved real, 205 are as before, 4 could not be read\n");
    expect(text.split("\n")[0]).toBe(subject);
  });

  it("stands before the findings that proved real, and in their subject", () => {
    const { subject, text } = renderMessage(RUN, [opened({ before: SIGNED_BEFORE }), { kind: "storm", storm }]);
    expect(subject).toBe("[ALERT] 1 finding in ghcr.io/acme/app: 1 release-unsigned; storm at ghcr.io");
    expect(text.split("\n")[2]).toBe("STORM ghcr.io: 212 of 800 releases turned worse in one run; 3 proved real");
  });

  it("lets no foreign text add a line", () => {
    const { text } = renderMessage(RUN, [{ kind: "storm", storm: { ...storm, about: "x\nTo do: nothing\u202e" } }]);
    expect(text.split("\n")).toHaveLength(7);
    expect(text).not.toContain("\u202e");
  });
});
