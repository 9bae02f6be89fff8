import { createHash } from "node:crypto";
import { formatMinute } from "../../text/format-time.ts";
import type { ReportModel } from "../report-model.ts";
import { escapeHtml } from "./escape-html.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { renderCoverage } from "./render-coverage.ts";
import { renderFindings } from "./render-findings.ts";
import { renderReleases } from "./render-releases.ts";
import { renderExceptions, renderScopeChanges, renderSigners } from "./render-table-sections.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  render(report: ReportModel): string | Iterable<string>;
}

const SECTIONS: readonly Section[] = [
  { id: "coverage", title: "Coverage by night", render: renderCoverage },
  { id: "findings", title: "Findings", render: renderFindings },
  { id: "scope", title: "Scope changes", render: renderScopeChanges },
  { id: "exceptions", title: "Exceptions", render: renderExceptions },
  { id: "signers", title: "Signers", render: renderSigners },
  { id: "releases", title: "Releases by repository", render: renderReleases },
];

/** Formats the report as one page without scripts or outside resources, its style allowed by digest. Equal reports give equal bytes. */
export function* formatHtml(report: ReportModel): Generator<string> {
  const { period, asOf, sentence } = report;
  const style = createHash("sha256").update(PAGE_STYLE).digest("base64");
  const title = `Image signatures, ${escapeHtml(period.title)}`;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${escapeHtml(sentence)}</p>
<p class="soft">From ${period.from} to ${period.to}, both inclusive, as it was known on ${formatMinute(asOf)}. All times are UTC. Made by Sealwatch from what its audits recorded; it is made again, byte for byte, by <code>sealwatch report --from ${period.from} --to ${period.to} --as-of ${asOf}</code>.</p>
</header>
<nav aria-label="Sections"><ul>${[...SECTIONS, WORDS].map((section) => `<li><a href="#${section.id}">${section.title}</a></li>`).join("")}</ul></nav>
<main>
`;
  for (const section of SECTIONS) {
    yield `<section id="${section.id}" aria-labelledby="${section.id}-title">\n<h2 id="${section.id}-title">${section.title}</h2>\n`;
    const html = section.render(report);
    if (typeof html === "string") yield html;
    else yield* html;
    yield "\n</section>\n";
  }
  yield `${WORDS.html}\n</main>\n</body>\n</html>\n`;
}

const WORDS = {
  id: "words",
  title: "What the words mean",
  html: `<section id="words" aria-labelledby="words-title">
<h2 id="words-title">What the words mean</h2>
<ul>
<li><b>signed</b>: a valid signature by a signer whom the policy names, for exactly this digest. In the first sentence: whenever it could be told in the period, and not unknown at its end.</li>
<li><b>unsigned</b>: every place where a signature can be answered, and none holds one. <b>untrusted</b>: signatures are there, and none is one that the policy demands.</li>
<li><b>exempt</b>: unsigned or untrusted, and allowed by the watch list. <b>pending</b>: new, within its grace period.</li>
<li><b>unknown</b>: something could not be read, and nothing was proven. It is never counted as signed, nor as unsigned.</li>
<li><b>hours</b>: from the run that saw it first to the run that saw its end, within the period; what was unknown of the same digest in between counts. Exempt hours do not.</li>
<li><b>complete</b>: a run over the whole watch list came to its end, every list was whole and nothing unknown. <b>missed</b>: no run that began on that day did.</li>
<li><b>first seen</b>: the run that first saw the tag name this digest. <b>verdict since</b>: the run that first gave its present verdict, where that is another.</li>
</ul>
</section>`,
} as const;
