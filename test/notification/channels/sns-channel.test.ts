import { startFauxqs, type FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChannelPort } from "../../../lib/notification/channels/delivery-port.ts";
import { openSnsChannel, type SnsChannel } from "../../../lib/notification/channels/sns-channel.ts";
import { tell, DELIVERY } from "../told.ts";

const REGION = "eu-central-1";

let server: FauxqsServer;
beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
});
afterAll(() => server.stop());

function openTopic(topic: string): ChannelPort {
  const channel: SnsChannel = { kind: "sns", name: "oncall", topic, severity: "notice", owner: null, remindSeconds: 7 * 86_400 };
  const configuration = {
    endpoint: server.address,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  return openSnsChannel(channel, { history: null, signal: new AbortController().signal, configuration });
}

/** A topic with a queue that gets what passes the filter. */
function subscribe(name: string, attributes: Record<string, string> = {}): string {
  const { topicArn } = server.createTopic(name, { region: REGION });
  server.createQueue(name, { region: REGION });
  server.subscribe({ topic: name, queue: name, region: REGION, attributes });
  return topicArn;
}

interface Envelope {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Record<string, { Type: string; Value: string }>;
}

function received(queue: string): Envelope[] {
  return (server.inspectQueue(queue)?.messages.ready ?? []).map(({ body }) => JSON.parse(body) as Envelope);
}

describe("an SNS topic", () => {
  it("gets one message with subject, text and what subscribers filter by", async () => {
    const port = openTopic(subscribe("plain"));
    const told = [
      tell({ repository: "ghcr.io/acme/web", severity: "notice", cause: "tag-moved" }),
      tell({ id: "AAAA0001" }),
      tell({ id: "AAAA0002", tag: "v2.0.0" }),
    ];
    await port.send(told, DELIVERY);
    const [message, ...more] = received("plain");
    expect(more).toEqual([]);
    expect(message!.Subject).toBe("[ALERT] 3 findings in 2 repositories: 2 release-unsigned, 1 tag-moved");
    expect(message!.Message.split("\n")[0]).toBe(message!.Subject);
    expect(message!.Message.split("\n").at(-1)).toBe("You are told once; reminder on 2026-11-27.");
    expect(message!.MessageAttributes).toEqual({
      severity: { Type: "String.Array", Value: '["alert","notice"]' },
      cause: { Type: "String.Array", Value: '["release-unsigned","tag-moved"]' },
      repository: { Type: "String.Array", Value: '["ghcr.io/acme/app","ghcr.io/acme/web"]' },
    });
  });

  it("serves subscribers that want some severities or repositories only", async () => {
    // SNS matches each element of an array, the local server the whole text: these patterns mean the same to both.
    const FilterPolicy = '{"severity":[{"wildcard":"*alert*"}],"repository":[{"wildcard":"*ghcr.io/acme/*"}]}';
    const alerts = openTopic(subscribe("alerts", { FilterPolicy }));
    await alerts.send([tell({ severity: "warning" })], DELIVERY);
    await alerts.send([tell({ repository: "quay.io/acme/app" })], DELIVERY);
    expect(received("alerts")).toEqual([]);
    await alerts.send([tell({ severity: "warning", repository: "quay.io/acme/app" }), tell({ id: "AAAA0001" })], DELIVERY);
    expect(received("alerts")).toHaveLength(1);
  });

  it("takes a night on which thousands of repositories are affected", async () => {
    const port = openTopic(subscribe("many"));
    const told = Array.from({ length: 5000 }, (_, at) =>
      tell({ id: `ID${at}`, repository: `ghcr.io/${"team/".repeat(20)}app-${at}`, tag: `v1.${at}.0` }),
    );
    const single = tell({
      facts: { ...told[0]!.finding!.facts, alsoServedAs: Array.from({ length: 5000 }, (_, at) => `tag-${at}`.padEnd(128, "é")) },
    });
    await port.send(told, DELIVERY);
    await port.send([single], DELIVERY);
    const [list] = received("many");
    const repositories = JSON.parse(list!.MessageAttributes["repository"]!.Value) as string[];
    expect(repositories.length).toBeGreaterThan(1000);
    expect(received("many")).toHaveLength(2);
  });

  it("tells which other channel is broken", async () => {
    const port = openTopic(subscribe("broken"));
    await port.send([], { ...DELIVERY, broken: [{ channel: "pager", since: DELIVERY.run, messages: 1, reason: "HTTP 500" }] });
    const [message] = received("broken");
    expect(message!.Subject).toBe("[WARNING] channel pager did not take its message since 2026-11-20 02:00 UTC");
    expect(message!.MessageAttributes).toMatchObject({ cause: { Value: '["broken-channel"]' } });
  });

  it("in order takes a repeated message once", async () => {
    const { topicArn } = server.createTopic("ordered.fifo", { region: REGION, attributes: { FifoTopic: "true" } });
    server.createQueue("ordered.fifo", { region: REGION, attributes: { FifoQueue: "true" } });
    server.subscribe({ topic: "ordered.fifo", queue: "ordered.fifo", region: REGION });
    const port = openTopic(topicArn);
    for (const told of [tell(), tell(), tell({ id: "AAAA0001" })]) await port.send([told], DELIVERY);
    expect(received("ordered.fifo")).toHaveLength(2);
  });

  it("that is not there is said so, with what to do", async () => {
    const port = openTopic(`arn:aws:sns:${REGION}:000000000000:absent`);
    await expect(port.send([tell()], DELIVERY)).rejects.toMatchObject({
      code: "channel",
      message: `publish to arn:aws:sns:${REGION}:000000000000:absent: the topic does not exist; create it, or correct its ARN in the watch list`,
    });
  });

  it("is refused where its ARN is none", () => {
    expect(() => openTopic("arn:aws:sqs:eu-central-1:111122223333:x")).toThrow("open channel oncall: its sns is no ARN of a topic");
  });
});
