import { describe, expect, it } from "vitest";
import { formatWatchListDocument, parseWatchListDocument } from "../../lib/watchlist/record/watch-list-document.ts";
import { loaded, MINIMAL } from "./load-from-text.ts";

const NOTIFY = `
notify:
  - terminal
  - { name: oncall, sns: "arn:aws:sns:eu-central-1:111122223333:sealwatch", severity: alert }
  - { name: hook, webhook: { url: "env:HOOK", secret: "env:HOOK_SECRET" } }
  - { name: open, webhook: { url: "https://hooks.example/T0P-SECRET" } }
`;

describe("the watch list that a run audited by", () => {
  it("is read back with its repositories by name, its exemptions and channels", () => {
    const document = parseWatchListDocument(formatWatchListDocument(loaded(`version: 1\n${MINIMAL}${NOTIFY}`)))!;
    expect(document.repositories.map(({ repository }) => repository)).toEqual(["ghcr.io/acme/app"]);
    expect(document.exemptions).toEqual([]);
    expect(document.channels.map(({ name, kind, address }) => [name, kind, address])).toEqual([
      ["terminal", "terminal", null],
      ["oncall", "sns", "arn:aws:sns:eu-central-1:111122223333:sealwatch"],
      ["hook", "webhook", "env:HOOK"],
      ["open", "webhook", null],
    ]);
  });

  it("holds secrets by the names of their places only, and no address that whoever knows it could use", () => {
    const text = formatWatchListDocument(loaded(`version: 1\n${MINIMAL}${NOTIFY}`));
    expect(text).toContain('"secret":"env:HOOK_SECRET"');
    expect(text).not.toContain("T0P-SECRET");
    const heartbeats = ["https://ping.example/T0P-SECRET", "file:/run/T0P/ping.url", "env:PING"].map(
      (url) => JSON.parse(formatWatchListDocument(loaded(`version: 1\n${MINIMAL}heartbeat: ${url}\n`))) as { heartbeat: string },
    );
    expect(heartbeats.map(({ heartbeat }) => heartbeat)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), "file:ping.url", "env:PING"]);
  });

  it("is the same text whatever only says how registries are reached", () => {
    const reached = `registries: { ghcr.io: { concurrency: 4, credentials: anonymous } }\n`;
    expect(formatWatchListDocument(loaded(`version: 1\n${MINIMAL}${reached}`))).toBe(
      formatWatchListDocument(loaded(`version: 1\n${MINIMAL}`)),
    );
  });

  it("is not read from another format, nor from what is no document", () => {
    const text = formatWatchListDocument(loaded(`version: 1\n${MINIMAL}`));
    expect(parseWatchListDocument(text.replace('"format":1', '"format":2'))).toBeNull();
    expect(parseWatchListDocument("[]")).toBeNull();
    expect(parseWatchListDocument("{")).toBeNull();
  });
});
