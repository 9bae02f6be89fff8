import { escapeText } from "../../text/escape.ts";

/** A name and a value beside what OSCAL has a place for: https://pages.nist.gov/OSCAL/learn/tutorials/general/extension/ */
interface OscalProperty {
  readonly name: string;
  readonly ns: string;
  readonly value: string;
}

const NAMESPACE = "urn:sealwatch:report";
const TEXT_LIMIT_CHARACTERS = 4096;

/** Properties of our own, those without a value left out. */
export function listProperties(values: Readonly<Record<string, string | number | null>>): OscalProperty[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [{ name, ns: NAMESPACE, value: formatLine(String(value)) }],
  );
}

/** Text as OSCAL wants it: one line without white space at its ends, and something. */
export function formatLine(text: string): string {
  return escapeText(text, TEXT_LIMIT_CHARACTERS).trim() || "–";
}
