import type { Finding, RunId } from "../history/state.ts";
import { renderHeadline } from "./cause-headline.ts";
import { countOf } from "../text/count-of.ts";
import { escapeAscii } from "../text/escape.ts";
import { recoveredHeadline } from "./recovered-headline.ts";

/** SNS accepts at most 100 ASCII characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_LIMIT_CHARACTERS = 100;

/** Returns `[ALERT] ghcr.io/acme/app v1.4.2 unsigned (v1.4.1 was signed)`. */
export function renderSubject(finding: Finding): string {
  return fitSubject(`[${finding.severity.toUpperCase()}]`, finding, renderHeadline(finding));
}

/** Returns `[REMINDER] ghcr.io/acme/app v1.4.2 unsigned for 7 days (v1.4.1 was signed)`. */
export function renderReminderSubject(finding: Finding, run: RunId): string {
  // The age of a flapping finding counts from its last occurrence.
  const since = finding.tag === null ? finding.openedAt : finding.after.run;
  return fitSubject("[REMINDER]", finding, renderHeadline(finding, `for ${formatAge(since, run)}`));
}

/** Returns the subject of a resolved finding: the present state of its release, or that its repository answers again. */
export function renderRecoveredSubject(finding: Finding): string {
  return fitSubject("[RECOVERED]", finding, recoveredHeadline(finding));
}

/** Joins the parts of a subject. To shorten it, the repository loses its beginning, then the tag its middle, then the headline its end. */
export function fitSubject(label: string, about: { repository: string; tag: string | null }, headline: string): string {
  const end = escapeAscii(headline);
  const tag = about.tag === null ? "" : shorten(escapeAscii(about.tag), 40);
  const fixed = [label, "", tag, end].filter((part, at) => part !== "" || at === 1).join(" ").length;
  const repository = keepEnd(escapeAscii(about.repository), Math.max(SUBJECT_LIMIT_CHARACTERS - fixed, 16));
  const subject = [label, repository, tag, end].filter((part) => part !== "").join(" ");
  return subject.length <= SUBJECT_LIMIT_CHARACTERS ? subject : `${subject.slice(0, SUBJECT_LIMIT_CHARACTERS - 3)}...`;
}

function keepEnd(text: string, limit: number): string {
  return text.length <= limit ? text : `...${text.slice(text.length - limit + 3)}`;
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor((limit - 3) / 2);
  return `${text.slice(0, half)}...${text.slice(text.length - half)}`;
}

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** Returns how long a finding was open at a run, in days if it is at least one: `7 days`, `5 hours`. */
function formatAge(openedAt: RunId, run: RunId): string {
  const age = Math.max(0, Date.parse(run) - Date.parse(openedAt));
  const [count, unit] = age >= DAY_MILLISECONDS ? [age / DAY_MILLISECONDS, "day"] : [age / HOUR_MILLISECONDS, "hour"];
  return countOf(Math.floor(count), unit);
}
