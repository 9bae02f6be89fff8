import { formatMinute } from "../../text/format-time.ts";
import type { ReportModel } from "../report-model.ts";
import { renderDigest, renderTable, renderTime } from "./render-table.ts";

/** Renders every change of what was watched and by which rules, with the digest of the watch list that brought it. */
export function renderScopeChanges({ scopeChanges }: ReportModel): string {
  return renderTable(
    "Changes of the watch list, oldest first",
    ["First run (UTC)", "What", "Of", "Change", "Watch list"],
    scopeChanges.map(({ run, watchList, kind, subject, detail }) => [renderTime(run), kind, subject, detail, renderDigest(watchList)]),
    "The watch list did not change in the period.",
  );
}

/** Renders the exemptions and who allowed them. */
export function renderExceptions({ exceptions }: ReportModel): string {
  return renderTable(
    "Exemptions in force in the period",
    ["Repository", "Tags", "Reason", "Allowed by", "Ticket", "Until (UTC)", "Releases covered"],
    exceptions.map(({ repository, tags, reason, owner, ticket, until, releases }) => [
      repository,
      tags === null ? "versions before signedSince" : tags.join(", "),
      reason,
      owner ?? "nobody is named",
      ticket ?? "–",
      until === null ? "no end" : formatMinute(until),
      releases,
    ]),
    "Nothing was exempt in the period.",
  );
}

/** Nobody reads a longer table, and the JSON lists all of them. */
const SIGNERS_SHOWN = 500;

/** Renders the signers. */
export function renderSigners({ signers }: ReportModel): string {
  const more = signers.length > SIGNERS_SHOWN ? `<p>The ${SIGNERS_SHOWN} of most releases; the JSON has all ${signers.length}.</p>\n` : "";
  return `${more}${renderTable(
    "Signers seen in the period",
    ["Signer", "Kind", "Identity", "Issuer", "Releases"],
    signers
      .slice(0, SIGNERS_SHOWN)
      .map(({ signer, kind, identity, issuer, releases }) => [signer, kind, renderDigest(identity), issuer ?? "–", releases]),
    "No signature was seen in the period.",
  )}`;
}
