import { describe, expect, it } from "vitest";
import { deriveChangeId } from "../../lib/history/change-id.ts";
import { newChange } from "../../lib/history/new-change.ts";
import type { Change } from "../../lib/history/state.ts";
import { change, facts, NIGHTS, REPOSITORY } from "./examples.ts";

const about = { repository: REPOSITORY, run: NIGHTS[2], facts: facts() };

describe("a new change", () => {
  it("has the id that derives from it, whatever else it says", () => {
    const { tag, after } = change();
    const made = newChange({ ...about, kind: "opened", cause: "release-unsigned", tag, after, flapping: true });
    expect(made.id).toBe(deriveChangeId(change()));
    expect(made).toEqual({ ...change(), id: made.id, flapping: true });
  });

  it("of a whole repository saw nothing, and names what of it it is about", () => {
    const made = newChange({ ...about, kind: "opened", cause: "exemption-ending", about: "exemption v1*" });
    expect(made).toMatchObject({
      tag: null,
      before: null,
      after: { digest: null, verdict: null, reason: null, signers: [], run: NIGHTS[2] },
    });
    expect(made.about).toBe("exemption v1*");
    expect(newChange({ ...about, kind: "opened", cause: "exemption-ending", about: undefined })).not.toHaveProperty("about");
  });

  it.each<[Pick<Change, "kind" | "cause">, Change["severity"]]>([
    [{ kind: "opened", cause: "coverage-lost" }, "alert"],
    [{ kind: "loosened", cause: "policy-changed" }, "warning"],
    [{ kind: "storm", cause: null }, "alert"],
    [{ kind: "baseline", cause: null }, "notice"],
    [{ kind: "removed", cause: null }, "notice"],
  ])("is as severe as its cause: %j is %s", (what, severity) => {
    expect(newChange({ ...about, ...what }).severity).toBe(severity);
  });

  it("may be less severe than its cause", () => {
    expect(newChange({ ...about, kind: "opened", cause: "tag-moved", severity: "notice" }).severity).toBe("notice");
  });
});
