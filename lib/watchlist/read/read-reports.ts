import { quoteFound } from "./quote-found.ts";
import { readShare } from "./read-quantity.ts";
import { readChoice, readInteger, readItems, readMapping, readParsed, readText, readTexts } from "./read-value.ts";
import { reportWarning, type YamlValue } from "./source-file.ts";
import { suggestName } from "./suggest-key.ts";
import type { Channel, WatchList } from "../watch-list.ts";

const FORMATS = ["html", "csv", "json", "oscal"] as const;
const STORM: WatchList["storm"] = { share: 0.2, least: 10 };
const STORM_MOST_RELEASES = 1_000_000;
/** The id of a control in a catalogue: `sr-4.3`, `ac-2`. */
const CONTROL = /^[A-Za-z][\w.()-]{0,63}$/;

/** Reads `reports:`. */
export function readReports(value: YamlValue | undefined, channels: readonly Channel[]): WatchList["reports"] {
  if (value === undefined) return [];
  return (readItems(value, { empty: true }) ?? []).flatMap((item) => {
    const fields = readMapping(item, ["every", "formats", "notify"], { required: ["every", "formats"] });
    const every = readChoice(fields?.every, ["month"]);
    const formats = fields?.formats === undefined ? [] : (readItems(fields.formats) ?? []).map((format) => readChoice(format, FORMATS));
    const notify = readText(fields?.notify);
    if (notify !== null && !channels.some(({ name }) => name === notify)) {
      const names = channels.map(({ name }) => name);
      const message = `found ${quoteFound(notify)} for notify, which is no channel's name`;
      reportWarning(fields!.notify!, "unknown-channel", message, suggestName(notify, names));
    }
    return every === null ? [] : [{ every, formats: formats.filter((format) => format !== null), notify }];
  });
}

/** Reads `storm:`, with the defaults of the design. */
export function readStorm(value: YamlValue | undefined): WatchList["storm"] {
  const fields = value === undefined ? null : readMapping(value, ["share", "least"]);
  const least = readInteger(fields?.least, { least: 1, most: STORM_MOST_RELEASES });
  return { share: readShare(fields?.share) ?? STORM.share, least: least ?? STORM.least };
}

/** Reads `controls:`, the ids of controls for OSCAL. */
export function readControls(value: YamlValue | undefined): string[] {
  const parse = (text: string): string | null => (CONTROL.test(text) ? text : null);
  const refusal = { code: "bad-control", fault: "no id of a control", remedy: "write one such as sr-4.3" };
  return (readTexts(value, { empty: true }) ?? []).flatMap(({ at }) => readParsed(at, parse, refusal) ?? []);
}
