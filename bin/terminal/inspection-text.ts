import type { CandidateDocument, InspectDocument } from "../../lib/audit/audit-document.ts";
import { escapeText } from "../../lib/text/escape.ts";
import type { Palette } from "../../lib/text/palette.ts";

/** Renders everything about one release for people. Foreign text is escaped. */
export function renderInspection(document: InspectDocument, palette: Palette): string {
  const paint = { signed: palette.green, unsigned: palette.red, untrusted: palette.red, unknown: palette.yellow, pending: palette.dim }[
    document.verdict
  ];
  const lines = [
    escapeText(document.reference),
    `Digest: ${document.digest ?? "not resolved"}${document.mediaType === null ? "" : ` (${escapeText(document.mediaType)})`}`,
    `Verdict: ${paint(document.verdict)}${document.reason === null ? "" : ` / ${document.reason}`}`,
    `Why: ${escapeText(document.explanation, SENTENCE_LIMIT_CHARACTERS)}`,
    ...(document.exemption === null ? [] : [`Exempt: ${escapeText(document.exemption.reason)}`]),
    "Places:",
    ...document.places.map(({ place, answer, detail }) => `  ${place.padEnd(20)}  ${answer.padEnd(13)}  ${renderDetail(detail)}`),
  ];
  if (document.candidates.length > 0) lines.push("Candidates:");
  for (const candidate of document.candidates) lines.push(...renderCandidate(candidate));
  for (const { profile, status, failure } of document.managedSigning)
    lines.push(`Managed signing: ${escapeText(status)} by ${escapeText(profile)}${failure === null ? "" : `: ${escapeText(failure)}`}`);
  if (document.verdict !== "signed" && document.trustedRoots.length > 0)
    lines.push(`Trusted root: ${document.trustedRoots.map((root) => escapeText(root)).join(", ")}`);
  for (const { tool, command } of document.commands) lines.push(`Check (${tool}):`, `  ${command}`);
  return `${lines.join("\n")}\n`;
}

/** Our own sentences quote foreign text, so they are longer than one piece of it. */
const SENTENCE_LIMIT_CHARACTERS = 1024;

/** Shortens digests as findings do, so that the answer of every place can be read. */
function renderDetail(detail: string): string {
  return escapeText(detail.replaceAll(/(sha\d+[-:][0-9a-f]{8})[0-9a-f]{56,120}/g, "$1…"), SENTENCE_LIMIT_CHARACTERS);
}

/** Renders what a candidate is, who signed it, when and by whose word, and why it counts or does not. */
function renderCandidate(candidate: CandidateDocument): string[] {
  const { place, artifact, form, result, reason, detail, predicateType, claimedPredicateType, proof } = candidate;
  const signedBy =
    proof && `${proof.kind} ${escapeText(proof.identity)}${proof.issuer === null ? "" : `, issuer ${escapeText(proof.issuer)}`}`;
  return [
    `  ${result}${reason === null ? "" : ` (${reason})`}  ${form} in ${place}, ${artifact}`,
    `    ${escapeText(detail, SENTENCE_LIMIT_CHARACTERS)}`,
    ...(signedBy === null ? [] : [`    Signer: ${signedBy}`]),
    ...(proof?.times ?? []).map(({ at, by }) => `    Time: ${at}, vouched for by ${escapeText(by)}`),
    ...(proof === null || proof.logIndex === null ? [] : [`    Log index: ${proof.logIndex}`]),
    ...(predicateType === null ? [] : [`    Predicate: ${escapeText(predicateType)}`]),
    ...(claimedPredicateType === null ? [] : [`    Predicate (not verified): ${escapeText(claimedPredicateType)}`]),
  ];
}
