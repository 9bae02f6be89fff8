import { describe, expect, it } from "vitest";
import { CAUSES, type Cause } from "../../lib/history/cause.ts";
import { renderRecoveredSubject, renderSubject } from "../../lib/notification/finding-subject.ts";
import { renderFinding, renderRecovered } from "../../lib/notification/finding-text.ts";
import { renderList } from "../../lib/notification/message-list.ts";
import { DIGEST, makeFacts, makeFinding, OTHER_DIGEST, SIGNED_BEFORE } from "./make-finding.ts";

const HERE = { history: null };
const RUN = "2026-11-20T02:00:00Z";
const ALL = Object.keys(CAUSES) as Cause[];

describe("the text of a finding", () => {
  it("tells an unsigned release as on-call reads it", () => {
    expect(renderFinding(makeFinding(), { history: "/var/lib/my history.db" }).split("\n")).toEqual([
      "[ALERT] ghcr.io/acme/app v1.4.2 unsigned (v1.4.1 was signed)",
      `Digest: ${DIGEST} (also served as: latest, v1)`,
      "What happened: this release carries no signature.",
      "  The audit says: every place answered and none holds a signature.",
      "  14 other releases were signed; the highest, v1.4.1, by ops-key.",
      "Since: pushed between 2026-11-19 02:00 and 2026-11-20 02:00 UTC",
      "Looked in: referrers API (empty list), tag sha256-6e5d….sig (not found)",
      "To do: sign the digest with a signer of the policy (run the signing step of the release again), or withdraw the release",
      `Check (cosign >= 3.0.2): cosign verify --key ops.pub ghcr.io/acme/app@${DIGEST}`,
      "Acknowledge: sealwatch findings acknowledge 7Q3K9D2M --until 3d --reason '…' --owner '…' --history '/var/lib/my history.db'",
      "You are told once.",
    ]);
  });

  it.each([
    ["tag-moved", `crane tag ghcr.io/acme/app@${OTHER_DIGEST} v1.4.2`],
    ["tag-rolled-back", `crane tag ghcr.io/acme/app@${OTHER_DIGEST} v1.4.2`],
    ["signature-deleted", "sealwatch restore 7Q3K9D2M --output signature --history h.db"],
    ["signature-detached", "sealwatch restore 7Q3K9D2M --output signature --history h.db"],
  ] as const)("ends what it advises for %s with the command that restores it, by whole digests", (cause, command) => {
    const before = { ...SIGNED_BEFORE, digest: OTHER_DIGEST };
    expect(renderFinding(makeFinding({ cause, before }), { history: "h.db" })).toContain(`\nRestore: ${command}\n`);
    const list = renderList({ id: RUN, since: RUN, history: "h.db", remindSeconds: null }, [
      { kind: "opened", finding: makeFinding({ cause, before }) },
      { kind: "opened", finding: makeFinding({ cause: "release-unsigned", tag: "v2" }) },
    ]);
    expect(list.match(/Restore: .*/g)).toEqual([`Restore: ${command}`]);
  });

  it.each(ALL)("begins with its subject and labels every further line for %s", (cause) => {
    const finding = makeFinding({ cause, severity: CAUSES[cause].severity, before: SIGNED_BEFORE });
    const [first, ...lines] = renderFinding(finding, HERE).split("\n");
    expect(first).toBe(renderSubject(finding));
    for (const line of lines) expect(line).toMatch(/^(?:[A-Z][a-z]+[a-z ]*(?: \([^)]*\))?: \S|  \S|You are told once\.$)/);
  });

  it.each(ALL)("has a subject of at most 100 ASCII characters for %s, whatever the names are", (cause) => {
    const finding = makeFinding({
      cause,
      repository: `ghcr.io/${"very-long-team/".repeat(16)}app`,
      tag: "v1.0.0-".padEnd(128, "x"),
      facts: makeFacts({ signedBefore: { tag: "v0.9.0-".padEnd(128, "y"), signers: [], count: 1 } }),
    });
    for (const subject of [renderSubject(finding), renderRecoveredSubject(finding)]) {
      expect(subject).toMatch(/^\[[A-Z]+\] [\x20-\x7e]+$/);
      expect(subject.length).toBeLessThanOrEqual(100);
    }
  });

  it("says which digest a moved tag left and which it names", () => {
    const finding = makeFinding({ cause: "tag-moved", before: { ...SIGNED_BEFORE, digest: OTHER_DIGEST } });
    const text = renderFinding(finding, HERE);
    expect(text).toContain("it named sha256:01234567… (signed by ops-key), now sha256:6e5d9c0b… (unsigned).");
    expect(text).toContain("Since: moved between");
  });

  it("names the signer of a signature that is gone", () => {
    const finding = makeFinding({ cause: "signature-deleted", before: SIGNED_BEFORE });
    expect(renderFinding(finding, HERE)).toContain("gone from the registry; at 2026-11-12 02:00 UTC it was signed by ops-key.");
  });

  it("speaks of a repository without a tag or digest", () => {
    const finding = makeFinding({
      cause: "coverage-lost",
      tag: null,
      digest: null,
      facts: makeFacts({ signedBefore: null, check: null, lookedIn: [] }),
    });
    const text = renderFinding(finding, HERE);
    expect(text.split("\n")[0]).toBe("[ALERT] ghcr.io/acme/app not audited since 2026-11-19 02:00 UTC");
    expect(text).not.toMatch(/^(?:Digest|Looked in|Check)/m);
  });

  it.each([
    ["refused", "cannot be audited: the registry refuses the credentials"],
    ["incomplete", "cannot be audited as a whole: its tag list broke off"],
    ["unanswered", "not audited since 2026-11-19 02:00 UTC"],
    ["gone", "misses releases that were there before"],
  ] as const)("says in the subject what was lost: %s", (loss, headline) => {
    const facts = makeFacts({ signedBefore: null, check: null, lookedIn: [], losses: [loss] });
    const text = renderFinding(makeFinding({ cause: "coverage-lost", tag: null, digest: null, facts }), HERE);
    expect(text.split("\n")[0]).toBe(`[ALERT] ghcr.io/acme/app ${headline}`);
    expect(text.includes("last audited")).toBe(loss !== "gone");
  });

  it.each([
    ["deletes", 1, 0, 'will lose 1 signature from 2026-11-25 on, by the policy "old ones"', "will be gone"],
    ["archives", 30, 10, 'will lose 30 signatures from 2026-11-25 on, by the policy "old ones"', "will be archived, and not served"],
  ] as const)("says what a policy %s, when, and of which releases", (how, signatures, more, headline, end) => {
    const at = "2026-11-25T03:00:00.000Z";
    const retention = { repository: "ghcr.io/acme/app", rule: "old ones", how, at, signatures, releases: ["v1.0.0", "v1.1.0"], more };
    const facts = makeFacts({ signedBefore: null, check: null, lookedIn: [], retention });
    const finding = makeFinding({ cause: "retention-ahead", severity: "warning", tag: null, digest: null, facts });
    const [subject, happened] = renderFinding(finding, HERE).split("\n");
    expect(subject).toBe(`[WARNING] ghcr.io/acme/app ${headline}`);
    expect(happened).toBe(
      `What happened: by the policy "old ones" of ghcr.io/acme/app, signatures of releases that stay ${end}, the first from 2026-11-25 03:00 UTC on: v1.0.0, v1.1.0${more === 0 ? "" : ", 10 more"}.`,
    );
    expect(renderRecovered(finding)).toContain('will lose no more signatures by the policy "old ones"');
  });

  it("lets no rule of a registry add a line or move the cursor", () => {
    const rule = "x\nTo do: nothing\u001b[2J\u202e";
    const retention = { repository: "ghcr.io/acme/app", rule, how: "deletes", at: "2026-11-25T03:00:00.000Z", signatures: 1 } as const;
    const facts = makeFacts({ retention: { ...retention, releases: [rule], more: 0 } });
    const finding = makeFinding({ cause: "retention-ahead", facts });
    for (const text of [renderFinding(finding, HERE), renderRecovered(finding)]) {
      expect(text.match(/^To do:/gm)).toHaveLength(1);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it("claims no earlier sighting where none is recorded", () => {
    const finding = makeFinding({ facts: makeFacts({ lastSeenBefore: null, signedBefore: null }) });
    const text = renderFinding(finding, HERE);
    expect(text).toContain("Since: first seen by the audit of 2026-11-20 02:00 UTC");
    expect(text).not.toContain("was signed");
  });

  it("lets no foreign text add a line or move the cursor", () => {
    const hostile = "x\nTo do: nothing\u001b[2J\u202e";
    const facts = makeFacts({ explanation: hostile, lookedIn: [hostile], alsoServedAs: [hostile], owner: hostile });
    const signedBefore = { tag: hostile, signers: [hostile], count: 2 };
    const text = renderFinding(makeFinding({ facts: { ...facts, signedBefore, check: { tool: hostile, command: hostile } } }), HERE);
    expect(text.match(/^To do:/gm)).toHaveLength(1);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("tells a recovery with what was wrong, and no more where it was not recorded how it ended", () => {
    const finding = makeFinding({ status: "resolved", resolvedAt: "2026-11-21T02:00:00Z", resolution: "recovered" });
    expect(renderRecovered(finding).split("\n")).toEqual([
      "[RECOVERED] ghcr.io/acme/app v1.4.2 recovered (was release-unsigned)",
      `Digest: ${DIGEST} (also served as: latest, v1)`,
      "Was: release-unsigned, told since 2026-11-20 02:00 UTC (7Q3K9D2M)",
      "What happened: recovered",
      "Resolved: seen by the audit of 2026-11-21 02:00 UTC",
      "To do: nothing.",
    ]);
  });
});
