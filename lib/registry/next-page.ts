const LINK = /<(?<target>[^<>]*)>(?<parameters>(?:\s*;\s*[^\s;,="]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s*(?:;|$)))/i;
const LINK_LIMIT_CHARACTERS = 8 * 1024;

/**
 * Returns the query of the next page in a `Link` header (RFC 8288), with its `?`; null if there is no next page; `unusable` if the next
 * page cannot be asked for on the same path.
 *
 * Only the query is kept, and applied to the original path on the original origin. Registries behind proxies write a wrong host, scheme or
 * path here, and a link must not lead to another host.
 */
export function parseNextPage(header: string): { readonly query: string } | "unusable" | null {
  if (header === "") return null;
  if (header.length > LINK_LIMIT_CHARACTERS) return "unusable";
  for (const { groups } of header.matchAll(LINK)) {
    if (!NEXT.test(groups!["parameters"]!)) continue;
    const target = groups!["target"]!;
    const start = target.indexOf("?");
    const query = start < 0 ? "" : target.slice(start).split("#", 1)[0]!;
    return /^\?[\x21-\x7e]+$/.test(query) ? { query } : "unusable";
  }
  return null;
}
