import { quoteFound } from "../read/quote-found.ts";
import { reportWarning, type YamlValue } from "../read/source-file.ts";
import { branchesOf, spellOut, STRANGE } from "./spell-out-pattern.ts";

/** An identity that the pattern should refuse, and what to write so that it does. */
interface Stranger {
  readonly identity: string;
  readonly remedy: string;
}

const ANYBODY: Stranger = { identity: "https://stranger.example/anything", remedy: "write the part that only you control" };

/** Letters and escaped dots. */
const NAME = String.raw`(?:[\w-]|\\[.-])+`;
/** A complete owner at a complete host. */
const OWNER = new RegExp(String.raw`^\^?https://${NAME}/${NAME}/(?![*?{])`);
/** A complete mail domain. */
const DOMAIN = new RegExp(String.raw`@(?<domain>(?:[\w-]+\\[.])+[a-z]+)\$?$`, "i");

/** Hosts where anybody can have an account: a pattern that only names the host admits everybody. */
const SHARED_HOSTS = /^(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|buildkite\.com|app\.circleci\.com|codefresh\.io)$/;
const SHARED_MAIL =
  /^(?:(?:gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me|aol|protonmail|qq|163)\.com|proton\.me|gmx\.(?:de|net)|web\.de|(?:mail|yandex)\.ru)$/;

/** Hosts whose signers are workflows. Their names end with the ref that they ran for. */
const WORKFLOW_HOSTS = /^https:\/\/(?:github|gitlab)\.com(?:\/|$)/;

/**
 * Warns of a pattern that admits a stranger, and names that identity. A pattern passes if each of its alternatives begins with a complete
 * `https://HOST/OWNER/` or ends with a complete `@DOMAIN`. For any other pattern, it makes identities of strangers that the pattern may
 * leave room for, and matches each. It also warns if the pattern matches no possible identity.
 */
export function reportOpenPattern(value: YamlValue, pattern: string, matches: (identity: string) => boolean): void {
  const all = branchesOf(pattern.replaceAll(/\{(?:tag|version)\}/g, "v1"));
  const isOwned = (branch: string): boolean => OWNER.test(branch) || isOwnMail(DOMAIN.exec(branch)?.groups?.["domain"]);
  const spell = (branches: readonly string[]): string[] =>
    spread(branches).flatMap((branch) => spellOut(branch).filter((text) => text !== "" && matches(text.replaceAll(STRANGE, ""))));
  const open = spell(all.filter((branch) => !isOwned(branch)));
  const stranger = matches(ANYBODY.identity) ? ANYBODY : findStranger(open);
  if (stranger !== null) {
    const message = `found ${quoteFound(pattern)} for ${value.label}, which also lets in ${stranger.identity}`;
    return reportWarning(value, "weak-pattern", message, stranger.remedy);
  }
  const identities = [...open, ...spell(all.filter(isOwned))];
  if (identities.length === 0 || identities.some(isWhole)) return;
  const message = `found ${quoteFound(pattern)} for ${value.label}, which matches a part of an identity; patterns here match the whole identity`;
  const remedy = "write the whole, from https:// (or the name before @) to the end: …/.* for whatever follows";
  reportWarning(value, "part-pattern", message, remedy);
}

/** The most branches that are spelled out. */
const SPELLED_LIMIT = 64;

/** Takes branches evenly from among many, because a weak one may stand behind careful ones. */
function spread(branches: readonly string[]): string[] {
  const step = Math.max(1, branches.length / SPELLED_LIMIT);
  return Array.from({ length: Math.min(branches.length, SPELLED_LIMIT) }, (_, at) => branches[Math.floor(at * step)]!);
}

function isOwnMail(domain: string | undefined): boolean {
  return domain !== undefined && !SHARED_MAIL.test(domain.replaceAll("\\", "").toLowerCase());
}

/** Returns the stranger that looks most like a real identity. */
function findStranger(identities: readonly string[]): Stranger | null {
  const strangers = identities.flatMap((text) => {
    const remedy = remedyAgainst(text);
    const identity = text.replaceAll(STRANGE, "");
    return remedy === null ? [] : [{ identity, remedy, likeness: 10 * likeness(identity) - text.length + identity.length }];
  });
  return strangers.toSorted((left, right) => right.likeness - left.likeness)[0] ?? null;
}

/**
 * Says what to write against a stranger at another host or domain, at a shared one, or with a name that begins or ends with the intended
 * one. Null if the identity is no stranger's: everybody at a private host may be intended.
 */
function remedyAgainst(text: string): string | null {
  const [, host, owner = ""] = /^[a-z]+:\/\/([^/]+)(?:\/([^/]*))?/.exec(text) ?? [];
  if (host !== undefined) {
    if (host.includes(STRANGE)) return String.raw`write the host in full, from https:// to /, with dots as \.`;
    if (!STRANGER.test(owner)) return null;
    if (owner.replace(STRANGER, "") !== "") return String.raw`write dots as \. and end the owner's name with /`;
    return SHARED_HOSTS.test(host) ? "write the owner's name, ended with /" : null;
  }
  const [, name = "", domain] = /^([^@/]*)@([^@/]+)$/.exec(text) ?? [];
  if (domain?.includes(STRANGE)) return String.raw`write @ and the domain in full, with dots as \.`;
  const isShared = domain !== undefined && SHARED_MAIL.test(domain);
  return isShared && STRANGER.test(name) ? "write the name before @, or a domain that only you control" : null;
}

const STRANGER = new RegExp(`${STRANGE}-?stranger(?!\\.)`);

function likeness(identity: string): number {
  const shapes = [
    /^https:\/\/(?:[\w-]+\.)+[\w-]+\/\w[\w-]*\/[\w.-]+\/\.github\/workflows\/[\w.-]+@refs\/\w+\/[\w.]+$|^\w[\w.+-]*@(?:[\w-]+\.)*[a-z]+$/,
    /^https:\/\/[\w.-]+\/\w[\w-]*\/[\w.-]+\/\.github\/workflows\/[\w.-]+@refs\/\w+\/[\w.]+$/,
    /^https:\/\/(?:[\w-]+\.)*[\w-]+\/\w[\w-]*\/[^@]+(?:@[^@]+)?$/,
  ];
  return shapes.filter((shape) => shape.test(identity)).length;
}

/** Reports whether text is a complete identity: a URI, an e-mail address or `name!domain`. A workflow's ends with `@` and a ref. */
function isWhole(text: string): boolean {
  return WORKFLOW_HOSTS.test(text) ? text.includes("@") : /:\/\/|[@!]/.test(text);
}
