import { describe, expect, it } from "vitest";
import { listFormerChannels } from "../../lib/watchlist/record/former-channels.ts";
import { formatWatchListDocument, parseWatchListDocument, type RecordedChannel } from "../../lib/watchlist/record/watch-list-document.ts";
import { loaded, MINIMAL } from "./load-from-text.ts";

function channelsOf(notify: string): readonly RecordedChannel[] {
  return parseWatchListDocument(formatWatchListDocument(loaded(`version: 1\n${MINIMAL}notify: ${notify}\n`)))!.channels;
}

const TOPIC = "arn:aws:sns:eu-central-1:111122223333";

describe("the channels that a watch list no longer has", () => {
  it("are those whose names are gone", () => {
    const former = listFormerChannels(channelsOf(`[terminal, { name: oncall, sns: "${TOPIC}:a" }]`), channelsOf("[terminal]"));
    expect(former.map(({ name }) => name)).toEqual(["oncall"]);
  });

  it.each([
    ["another topic", `{ name: oncall, sns: "${TOPIC}:a" }`, `{ name: oncall, sns: "${TOPIC}:b" }`, `${TOPIC}:a`],
    ["another variable", "{ name: oncall, webhook: { url: env:A } }", "{ name: oncall, webhook: { url: env:B } }", "env:A"],
    [
      "another address that is written out",
      '{ name: oncall, webhook: { url: "https://a.example/1" } }',
      '{ name: oncall, webhook: { url: "https://a.example/2" } }',
      null,
    ],
  ])("are those that go to %s under their name, with their old address under a name of their own", (_, before, after, address) => {
    const former = listFormerChannels(channelsOf(`[${before}]`), channelsOf(`[${after}]`));
    expect(former.map((channel) => [channel.name, channel.address])).toEqual([["oncall (before)", address]]);
  });

  it("are none if nothing but the severity is another", () => {
    expect(listFormerChannels(channelsOf("[terminal]"), channelsOf("[terminal]"))).toEqual([]);
  });
});
