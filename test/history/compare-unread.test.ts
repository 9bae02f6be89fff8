import { describe, expect, it } from "vitest";
import { compareRelease } from "../../lib/history/compare/compare.ts";
import { digest, judgement, NIGHTS, PENDING, releaseNight, SIGNED, tagState, unknown, unsigned } from "./examples.ts";

describe("a night without an answer", () => {
  const content = { ...unknown("limit"), hiddenBy: "content" } as const;
  const flood = { ...unknown("evidence-flooded"), hiddenBy: "content" } as const;
  const doubtful = { ...unknown("listed-but-missing"), hiddenBy: "doubtful" } as const;
  const opened = (cause: string) => ({ kind: "opened", cause, severity: "alert" });

  it.each([unknown(), unknown("trust-missing"), PENDING])("leaves the last definitive night as it was: $verdict $reason", (verdict) => {
    const night = releaseNight(verdict);
    expect(compareRelease(night)).toEqual({ judgement: night.previous!.last, meanwhile: null, differs: false, change: null, ended: [] });
  });

  it.each([unknown(), content, PENDING])("tells all the same where the tag went, and once: $verdict $reason", (verdict) => {
    const night = releaseNight(verdict, { digest: digest("b"), order: "newer" });
    const first = compareRelease(night);
    expect(first).toMatchObject({ differs: true, change: opened("tag-moved"), judgement: { digest: digest("a") } });
    const previous = { ...night.previous!, meanwhile: first.meanwhile! };
    expect(compareRelease({ ...night, previous })).toMatchObject({ differs: false, change: null, ended: [] });
    const undone = expect.arrayContaining([expect.objectContaining({ kind: "undone", cause: "tag-moved" })]);
    expect(compareRelease(releaseNight(unknown(), { previous }))).toMatchObject({ change: null, ended: undone });
    expect(compareRelease(releaseNight(SIGNED, { previous }))).toMatchObject({ meanwhile: null, change: null, ended: undone });
    const confirmed = { kind: "confirmed", cause: "tag-moved" };
    expect(compareRelease({ ...night, previous, verdict: unsigned() })).toMatchObject({ change: { ...confirmed, severity: "alert" } });
    expect(compareRelease({ ...night, previous, verdict: SIGNED })).toMatchObject({ change: { ...confirmed, severity: "notice" } });
  });

  it("takes nothing back of a move while the tag cannot be resolved", () => {
    const meanwhile = { causes: [], move: { cause: "tag-moved", from: digest("a"), to: digest("b") } } as const;
    const previous = tagState("v1.4.2", judgement(SIGNED), { meanwhile });
    expect(compareRelease(releaseNight(unknown(), { previous, isNamed: false }))).toMatchObject({ meanwhile, change: null, ended: [] });
  });

  it("tells of a moving tag only that it went back", () => {
    const night = { digest: digest("b"), isVersionTag: false };
    expect(compareRelease(releaseNight(unknown(), { ...night, order: "newer" })).change).toBeNull();
    expect(compareRelease(releaseNight(unknown(), { ...night, order: "older" })).change).toEqual(opened("tag-rolled-back"));
  });

  it("tells content that hides the verdict that night, and once, whatever hides it the next", () => {
    const first = compareRelease(releaseNight(flood));
    expect(first).toMatchObject({ differs: true, change: opened("evidence-flooded") });
    expect(compareRelease(releaseNight(content)).change).toEqual(opened("evidence-unreadable"));
    const previous = tagState("v1.4.2", judgement(SIGNED), { meanwhile: first.meanwhile! });
    for (const verdict of [flood, content, unknown("timeout")])
      expect(compareRelease(releaseNight(verdict, { previous }))).toMatchObject({ differs: false, change: null });
    expect(compareRelease(releaseNight(SIGNED, { previous }))).toMatchObject({
      meanwhile: null,
      differs: true,
      change: null,
      ended: [{ kind: "recovered", cause: "evidence-flooded" }],
    });
  });

  it("knows a flood that an older history told", () => {
    const previous = tagState("v1.4.2", judgement(SIGNED), { flooded: true });
    expect(compareRelease(releaseNight(flood, { previous }))).toMatchObject({ differs: false, change: null });
    expect(compareRelease(releaseNight(SIGNED, { previous })).ended).toMatchObject([{ kind: "recovered", cause: "evidence-flooded" }]);
  });

  it("tells what may be a list that is behind on the second night", () => {
    expect(compareRelease(releaseNight(doubtful)).change).toBeNull();
    const shown = { verdict: "unknown", reason: "listed-but-missing", explanation: "", since: NIGHTS[1] } as const;
    const previous = tagState("v1.4.2", judgement(SIGNED), { shown });
    expect(compareRelease(releaseNight(doubtful, { previous })).change).toEqual(opened("evidence-unreadable"));
    expect(compareRelease(releaseNight(doubtful, { previous, run: NIGHTS[1] })).change).toBeNull();
  });

  it("tells anything else by the name of the release once it lasts too long, and nothing beside what was told", () => {
    expect(compareRelease(releaseNight(unknown(), { isOverdue: true })).change).toEqual(opened("release-unreadable"));
    const previous = tagState("v1.4.2", judgement(SIGNED), { meanwhile: { causes: ["evidence-unreadable"] } });
    expect(compareRelease(releaseNight(unknown(), { isOverdue: true, previous })).change).toBeNull();
  });

  it("tells nothing that the first night of a baseline found", () => {
    expect(compareRelease(releaseNight(flood, { previous: null, takeAsBaseline: true }))).toMatchObject({ meanwhile: null, change: null });
  });

  it.each(["exempt", "neverSigned"] as const)("tells a flood that was hidden once the release is no longer %s", (overlay) => {
    expect(compareRelease(releaseNight(flood, { [overlay]: true }))).toMatchObject({ meanwhile: null, change: null });
    expect(compareRelease(releaseNight(flood)).change).toMatchObject({ kind: "opened" });
  });
});
