import { describe, expect, it } from "vitest";
import { withTopic } from "../../lambdas/doors/channels.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";
import { watchList } from "../audit/night.ts";

const TOPIC = "arn:aws:sns:eu-central-1:111122223333:own";
const OF_ALL = { severity: "notice", owner: null, remindSeconds: null } as const;

function channelsWith(...channels: readonly Channel[]): readonly Channel[] {
  return withTopic({ ...watchList(), channels }, TOPIC).channels;
}

describe("the channels of a deployment", () => {
  it("have its own topic for everything, and no terminal", () => {
    expect(channelsWith({ kind: "terminal", name: "terminal", ...OF_ALL })).toEqual([
      { kind: "sns", name: "topic", topic: TOPIC, ...OF_ALL },
    ]);
  });

  it("leave its own topic as the watch list names it", () => {
    const named: Channel = { kind: "sns", name: "oncall", topic: TOPIC, ...OF_ALL, severity: "alert" };
    expect(channelsWith(named)).toEqual([named]);
  });

  it("are told apart by name, whatever the watch list calls one", () => {
    const hook: Channel = { kind: "webhook", name: "topic", url: "https://hooks.example/x", secret: null, ...OF_ALL };
    const names = channelsWith(hook).map(({ name }) => name);
    expect([names.length, new Set(names).size]).toEqual([2, 2]);
  });
});
