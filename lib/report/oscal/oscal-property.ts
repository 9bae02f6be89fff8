import { escapeText } from "../../text/escape.ts";

/** A name and a value that OSCAL itself does not define: https://pages.nist.gov/OSCAL/learn/tutorials/general/extension/ */
interface OscalProperty {
  readonly name: string;
  readonly ns: string;
  readonly value: string;
}

const NAMESPACE = "urn:sealwatch:report";
const TEXT_LIMIT_CHARACTERS = 4096;

/** Lists properties of our own, without those that have no value. */
export function listProperties(values: Readonly<Record<string, string | number | null>>): OscalProperty[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [{ name, ns: NAMESPACE, value: formatLine(String(value)) }],
  );
}

/** Formats text as OSCAL requires: one line, not empty, without white space at its ends. */
export function formatLine(text: string): string {
  return escapeText(text, TEXT_LIMIT_CHARACTERS).trim() || "–";
}
