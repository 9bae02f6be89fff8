import { isIPv4 } from "node:net";

/** A web address that may be sent to, or what is wrong with it: `found` continues with the name of the key. */
type WebAddress =
  | { readonly kind: "accepted"; readonly url: URL }
  | { readonly kind: "refused"; readonly code: "bad-url" | "plain-http"; readonly found: string; readonly remedy: string };

/**
 * Reads an address: https, or plain http to loopback, without user name and password. It is never shown, because it may contain a token.
 */
export function readWebAddress(text: string): WebAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["https:", "http:"].includes(url.protocol)) {
    return { kind: "refused", code: "bad-url", found: "text that is no web address for", remedy: "write https://…" };
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return { kind: "refused", code: "plain-http", found: "plain http for", remedy: "write https://… (plain http is for loopback only)" };
  }
  if (url.username === "" && url.password === "") return { kind: "accepted", url };
  return { kind: "refused", code: "bad-url", found: "a user name or password in", remedy: "write the address without them" };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}
