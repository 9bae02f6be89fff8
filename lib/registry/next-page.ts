/** A target: in brackets, or as some registries write it, without (Cloudflare, old Quay): then it begins like an address. */
const TARGET = /\s*(?:<(?<bracketed>[^<>]*)>|(?<bare>(?:https?:\/\/|[/?])[^\s;<>"]*))/y;
const PARAMETER = /\s*;\s*(?:(?<name>[^\s;,="<>]+)\s*(?:=\s*(?:"(?<quoted>[^"]*)"|(?<token>[^\s;,"<>]*)))?)?/y;
/** What follows a link: the end, or the next link. Empty entries of the list are allowed. */
const END = /\s*(?:$|,[\s,]*)/y;
const LINK_LIMIT_CHARACTERS = 8 * 1024;

/** The query of a page that follows, with its `?`. */
interface NextPage {
  readonly query: string;
}

/**
 * Returns the query of the next page in a `Link` header (RFC 8288); null if there is none, because the header is absent or all its links
 * say that they are something else; `unusable` if the header cannot be understood, or the next page not be asked for on the same path.
 * What is not understood is never the end of a list.
 *
 * Only the query is kept, and applied to the original path on the original origin. Registries behind proxies write a wrong host, scheme or
 * path here, and a link must not lead to another host.
 */
export function parseNextPage(header: string): NextPage | "unusable" | null {
  if (header.length > LINK_LIMIT_CHARACTERS) return "unusable";
  let at = match(END, header, 0)?.end ?? 0;
  while (at < header.length) {
    const target = match(TARGET, header, at);
    if (target === null) return "unusable";
    const { words, end } = readRelation(header, target.end);
    if (words.includes("next")) return pageOf(target.groups["bracketed"] ?? target.groups["bare"] ?? "");
    const link = match(END, header, end);
    // A link that does not say clearly what it is may be the next page.
    if (link === null || words.length === 0 || words.some((word) => word.includes("next"))) return "unusable";
    at = link.end;
  }
  return null;
}

/** Reads the parameters of a link: the words of every `rel`, in lower case, and where the parameters end. */
function readRelation(header: string, from: number): { readonly words: readonly string[]; readonly end: number } {
  let relation = "";
  let end = from;
  for (let next = match(PARAMETER, header, end); next !== null; next = match(PARAMETER, header, end)) {
    const { name, quoted, token } = next.groups;
    if (name?.toLowerCase() === "rel") relation += ` ${(quoted ?? token ?? "").toLowerCase()}`;
    end = next.end;
  }
  return { words: relation.match(/[^\s']+/g) ?? [], end };
}

function pageOf(target: string): NextPage | "unusable" {
  const start = target.indexOf("?");
  const query = start < 0 ? "" : target.slice(start).split("#", 1)[0]!.trim();
  return /^\?[\x21-\x7e]+$/.test(query) ? { query } : "unusable";
}

/** Matches a sticky pattern at a position. Null if it does not match there. */
function match(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly groups: Record<string, string | undefined>; readonly end: number } | null {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? null : { groups: found.groups ?? {}, end: at + found[0].length };
}
