import { formatDay } from "../../text/format-time.ts";
import type { ReportModel, ReportRelease, ReportRepository } from "../report-model.ts";
import { tallyReleases } from "../summarise.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderFolded, wrapWide } from "./render-table.ts";

/** If a page has more releases than this, similar ones share a line and digests are shortened, so that it still opens quickly. */
const LINES_SHOWN = 10_000;
const DIGITS_SHOWN = 12;

/** Renders all releases, newest first and folded. Yields one repository at a time, so that a large report need not be a single string. */
export function* renderReleases({ repositories, summary }: ReportModel): Generator<string> {
  const isShort = summary.releases > LINES_SHOWN;
  if (repositories.length === 0) yield "<p>No release was seen in the period.</p>";
  if (isShort)
    yield `<p>Digests are shortened to ${DIGITS_SHOWN} digits in this page of ${summary.releases} releases; the CSV and JSON of the same report have them whole.</p>`;
  for (const repository of repositories) yield renderRepository(repository, isShort);
}

function renderRepository({ repository, releases }: ReportRepository, isShort: boolean): string {
  const groups = Map.groupBy(releases, describeGroup);
  const { wrong, right } = tallyReleases(releases);
  const notes = [
    ...(["unsigned", "untrusted"] as const).map(
      (word) => wrong[word].releases > 0 && `<span class="s ${word}">${wrong[word].releases} ${word} for a time</span>`,
    ),
    ...(["exempt", "pending", "unknown"] as const).map(
      (state) => right[state] > 0 && `<span class="s ${state}">${right[state]} ${state}</span>`,
    ),
  ].filter((note) => note !== false);
  const summary = [`<b>${escapeHtml(repository)}</b>: ${right.signed} of ${releases.length} signed`, ...notes].join("; ");
  // Optional end tags are left out to keep thousands of rows small: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
  const columns = isShort
    ? ["First seen", "Verdict since", "Noted", "Tags and digests"]
    : ["Tag", "Digest", "First seen", "Verdict since", "Noted"];
  const head = `<thead><tr>${columns.map((column) => `<th scope=col>${column}`).join("")}</thead>`;
  const bodies = [...groups].map(([group, own]) => {
    const rows = isShort ? renderAlike(own) : own.map(renderRelease).join("");
    return `<tbody><tr><th scope=rowgroup colspan=${columns.length}>${group}${rows}</tbody>`;
  });
  return renderFolded(summary, wrapWide(`Releases of ${repository}`, `<table>${head}${bodies.join("")}</table>`));
}

/** Returns the heading of a group: the properties that its releases share. */
function describeGroup(release: ReportRelease): string {
  const { state, reason, signers, policy, lastChecked, exemption, ended } = release;
  const names = [...new Set(signers.map(({ signer }) => signer))].map(escapeHtml).join(", ");
  const parts = [
    `<span class="s ${state}">${state}</span>${names === "" ? "" : ` by ${names}`}${reason === null ? "" : ` (${escapeHtml(reason)})`}`,
    exemption !== null && `exempt: ${escapeHtml(exemption.reason)}, allowed by ${escapeHtml(exemption.owner ?? "nobody who is named")}`,
    ended !== null && `${ended.why === "gone" ? "gone from the registry" : "not watched any more"} since ${formatDay(ended.at)}`,
    policy !== null && `policy ${escapeHtml(policy)}`,
    `last checked ${lastChecked === null ? "never" : formatDay(lastChecked)}`,
  ];
  return parts.filter((part) => part !== false).join("; ");
}

function renderRelease(release: ReportRelease): string {
  const { tag, digest } = release;
  const { first, so } = describeTimes(release);
  const notes = [describeSigning([release]), ...describeNotes(release)].filter((note) => note !== "").join("; ");
  const tail = notes === "" ? (so === "" ? "" : `<td>${so}`) : `<td>${so}<td>${notes}`;
  return `\n<tr><th scope=row>${escapeHtml(tag)}<td class=d>${escapeHtml(digest ?? "")}<td>${first}${tail}`;
}

/** Renders one line for all releases of a group that share their night and notes, newest first, with the span of their signing days. */
function renderAlike(releases: readonly ReportRelease[]): string {
  const lines = Map.groupBy(releases, (release) => {
    const { first, so } = describeTimes(release);
    return [first, so, ...describeNotes(release)].join("\n");
  });
  const start = "sha256:".length;
  const shorten = ({ tag, digest }: ReportRelease): string =>
    `${escapeHtml(tag)} ${escapeHtml(digest?.slice(start, start + DIGITS_SHOWN) ?? "")}`;
  return [...lines.values()]
    .map((own) => {
      const { first, so } = describeTimes(own[0]!);
      const notes = [describeSigning(own), ...describeNotes(own[0]!)].filter((note) => note !== "").join("; ");
      return `\n<tr><td>${first}<td>${so}<td>${notes}<td>${own.map(shorten).join(", ")}`;
    })
    .join("");
}

function describeTimes(release: ReportRelease): { first: string; so: string } {
  const [first, so] = [formatDay(release.firstSeen), formatDay(release.since)];
  return { first, so: first === so ? "" : so };
}

function describeSigning(releases: readonly ReportRelease[]): string {
  const times = releases.flatMap(({ signers }) => signers.flatMap(({ signedAt }) => signedAt ?? []));
  const days = [...new Set(times.map(formatDay))].toSorted();
  if (days.length === 0) return "";
  return `signed at ${days.length > 2 ? `${days[0]} to ${days.at(-1)}` : days.join(", ")}`;
}

function describeNotes({ unsignedHours, worstVerdict, verdict, acknowledgedBy }: ReportRelease): string[] {
  const parts = [
    unsignedHours > 0 && `unsigned or untrusted for ${unsignedHours} h`,
    unsignedHours === 0 && worstVerdict !== verdict && `was ${worstVerdict}`,
    acknowledgedBy.length > 0 && `acknowledged by ${acknowledgedBy.map(escapeHtml).join(", ")}`,
  ];
  return parts.filter((part) => part !== false);
}
