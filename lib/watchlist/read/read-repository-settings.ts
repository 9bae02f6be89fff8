import { isMap } from "yaml";
import { quoteFound } from "./quote-found.ts";
import { readRepository, readUrl } from "./read-location.ts";
import { readDuration } from "./read-quantity.ts";
import { DEFAULT_SELECTION, readTagSelection, readVersion } from "./read-tag-selection.ts";
import { readChoice, readInteger, readMapping, readText, type Fields } from "./read-value.ts";
import { reportError, reportNotBuilt, type YamlValue } from "./source-file.ts";
import type { WatchedRepository } from "../watch-list.ts";

/** Keys that `defaults:` and an entry of `repositories:` share. */
export const SETTING_KEYS = [
  "policy",
  "owner",
  "tags",
  "target",
  "signedSince",
  "signatureRepository",
  "tagPrefix",
  "lookaside",
  "grace",
  "recheck",
  "unknownFor",
] as const;

/** The settings of a repository before defaults are applied. `policy` is a name with its position. */
export type RepositorySettings = Partial<Omit<WatchedRepository, "repository" | "policy">> & { policy?: { name: string; at: YamlValue } };

const UNKNOWN_FOR_SECONDS = 48 * 3600;
const ROLLING_MOST_NIGHTS = 365;
const TAG_PREFIX = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/;

/** The settings of a repository if neither an entry nor `defaults:` says otherwise. */
export const BUILT_IN_SETTINGS: Omit<WatchedRepository, "repository" | "policy"> = {
  owner: null,
  tags: DEFAULT_SELECTION,
  target: "index",
  signedSince: null,
  signatureRepository: null,
  tagPrefix: "",
  lookaside: null,
  graceSeconds: 0,
  recheck: { kind: "nightly" },
  unknownForSeconds: UNKNOWN_FOR_SECONDS,
};

/** Reads the settings of an entry. The result contains only keys that are written and readable. */
export function readSettings(fields: Fields<(typeof SETTING_KEYS)[number]>): RepositorySettings {
  const policy = readText(fields.policy);
  const settings: { readonly [Key in keyof RepositorySettings]: RepositorySettings[Key] | null } = {
    policy: policy === null ? null : { name: policy, at: fields.policy! },
    owner: readText(fields.owner),
    tags: fields.tags === undefined ? null : readTagSelection(fields.tags),
    target: readChoice(fields.target, ["index", "platforms", "both"]),
    signedSince: readVersion(fields.signedSince),
    signatureRepository: readRepository(fields.signatureRepository),
    tagPrefix: readTagPrefix(fields.tagPrefix),
    lookaside: readLookaside(fields.lookaside),
    graceSeconds: readDuration(fields.grace),
    recheck: readRecheck(fields.recheck),
    unknownForSeconds: readDuration(fields.unknownFor),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, setting]) => setting !== null));
}

function readTagPrefix(value: YamlValue | undefined): string | null {
  const text = readText(value, { empty: true });
  if (text === null || value === undefined || text === "" || TAG_PREFIX.test(text)) return text;
  const remedy = "write at most 32 letters, digits, dots, dashes and underscores, the first no dot or dash";
  return reportError(value, "bad-prefix", `found ${quoteFound(text)} for tagPrefix, with which no tag can begin`, remedy);
}

function readLookaside(value: YamlValue | undefined): string | null {
  if (value === undefined) return null;
  reportNotBuilt(value, "a lookaside", "remove it, or expect what is not signed elsewhere to be unknown");
  return readUrl(value);
}

function readRecheck(value: YamlValue | undefined): WatchedRepository["recheck"] | null {
  if (value === undefined) return null;
  if (!isMap(value.node)) return readChoice(value, ["nightly"]) && { kind: "nightly" };
  const fields = readMapping(value, ["rolling"], { required: ["rolling"] });
  const nights = readInteger(fields?.rolling, { least: 1, most: ROLLING_MOST_NIGHTS });
  return nights === null ? null : { kind: "rolling", nights };
}
