import type { Finding } from "../history/state.ts";
import { compareTags, parseVersionTag } from "../watchlist/select/version-tag.ts";
import { renderSubject } from "./finding-subject.ts";
import { renderFinding } from "./finding-text.ts";
import type { Message, MessageContext, MessageEntry } from "./message-entry.ts";
import { dayOfReminder } from "./reminder-time.ts";

/** As many ids as on-call acknowledges by hand. More are easier to read in a list. */
const TOGETHER_LIMIT = 10;

/** Returns the findings if all entries are openings of one cause for several tags of one digest; otherwise null. */
export function sameDigestOf(entries: readonly MessageEntry[]): readonly Finding[] | null {
  const findings = entries.flatMap((entry) => (entry.kind === "opened" && entry.finding.status === "open" ? [entry.finding] : []));
  const [first] = findings;
  if (first === undefined || first.digest === null || findings.length !== entries.length || findings.length > TOGETHER_LIMIT) return null;
  const isSame = (one: Finding): boolean =>
    one.digest === first.digest && one.repository === first.repository && one.cause === first.cause && one.severity === first.severity;
  return findings.every(isSame) ? orderTags(findings) : null;
}

/** Renders the effect of one push on several tags: the text of the highest version, with all tags in its subject and all ids at its end. */
export function renderSameDigest(findings: readonly Finding[], run: MessageContext): Message {
  const [main, ...others] = orderTags(findings);
  const tagged: Finding = { ...main!, tag: findings.map(({ tag }) => tag).join(", ") };
  const day = dayOfReminder(main!.openedAt, run.id, run.remindSeconds);
  const [, ...lines] = renderFinding(main!, run, day).split("\n");
  const ids = `  and likewise: ${others.map(({ id }) => id).join(", ")}`;
  const subject = renderSubject(tagged);
  return { subject, text: [subject, ...lines.slice(0, -1), ids, lines.at(-1)].join("\n") };
}

/** Sorts `v1.4.2, v1.4, latest`: versions first, the highest first, then moving tags. */
export function orderTags(findings: readonly Finding[]): Finding[] {
  const isVersion = (tag: string | null): boolean => tag !== null && parseVersionTag(tag) !== null;
  return findings.toSorted(
    (a, b) => Number(isVersion(b.tag)) - Number(isVersion(a.tag)) || compareTags(b.tag ?? "", a.tag ?? "") || (a.id < b.id ? -1 : 1),
  );
}
