import { describe, expect, it } from "vitest";
import type { Change } from "../../../lib/history/state.ts";
import { composeMessage } from "../../../lib/notification/channels/compose-message.ts";
import type { ToldEntry } from "../../../lib/notification/channels/delivery-port.ts";
import { makeFacts } from "../make-finding.ts";
import { DELIVERY, RUN, tell } from "../told.ts";

const CHANNEL = { history: null, remindSeconds: 7 * 86_400 };
const reminder = (run: string, more = {}): ToldEntry => tell({ openedAt: "2026-11-01T02:00:00Z", ...more }, { kind: "reminder", run });
const subjectOf = (...told: ToldEntry[]): string | undefined => composeMessage(told, DELIVERY, CHANNEL)?.subject;

describe("what waited for a channel over several nights", () => {
  it("is reminded of once, by the newest reminder", () => {
    const told = [reminder("2026-11-08T02:00:00Z"), reminder("2026-11-15T02:00:00Z")];
    expect(subjectOf(...told)).toBe("[REMINDER] ghcr.io/acme/app v1.4.2 unsigned for 14 days (v1.4.1 was signed)");
  });

  it("is not reminded of where it is told itself", () => {
    const opening = tell({ openedAt: "2026-11-01T02:00:00Z" });
    expect(subjectOf(opening, reminder("2026-11-08T02:00:00Z"))).toBe("[ALERT] ghcr.io/acme/app v1.4.2 unsigned (v1.4.1 was signed)");
  });

  it("is not reminded of once it is over", () => {
    expect(composeMessage([reminder(RUN, { status: "acknowledged" })], DELIVERY, CHANNEL)).toBeNull();
  });

  it("is told once where it was meant for a channel that is gone, too", () => {
    const { text } = composeMessage([tell(), tell({}, { channel: "old" })], { ...DELIVERY, droppedChannels: ["old\u202e"] }, CHANNEL)!;
    expect(text).toMatch(/^\[ALERT\] ghcr\.io\/acme\/app v1\.4\.2 unsigned/);
    expect(text.split("\n").at(-1)).toBe("Also meant for: old\\u{202e}, no longer under notify: in the watch list");
  });
});

describe("a summary", () => {
  it("is told from its own facts", () => {
    const counts = { releases: 2, signed: 2, unsigned: 0, untrusted: 0, unknown: 0, pending: 0 };
    const { entry } = tell();
    const summary: Change = {
      id: "c",
      run: RUN,
      repository: "ghcr.io/acme/app",
      tag: null,
      kind: "baseline",
      cause: null,
      severity: "notice",
      before: null,
      after: { digest: null, verdict: null, reason: null, signers: [], run: RUN },
      facts: makeFacts({ counts }),
    };
    expect(subjectOf({ entry: { ...entry, kind: "baseline", summary }, finding: null })).toBe(
      "[BASELINE] ghcr.io/acme/app 2 releases: 2 signed",
    );
    const storm = { about: "ghcr.io", total: 20, of: 40, real: 0, recovered: 20, unread: 0 };
    expect(subjectOf({ entry: { ...entry, kind: "storm", summary: { ...summary, facts: makeFacts({ storm }) } }, finding: null })).toBe(
      "[STORM] ghcr.io: 20 of 40 releases turned worse in one run; 0 proved real",
    );
  });
});
