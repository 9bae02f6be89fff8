import { startFauxqs } from "fauxqs";
import { startDynoxide } from "../history/dynoxide.ts";
import { CapacityMeter, type Capacity } from "./capacity-meter.ts";
import { OPERATOR, startAwsProxy, type CallObserver } from "./aws-proxy.ts";
import type { Role } from "./collect-policies.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { readKnownResources, type KnownResources } from "./known-resources.ts";
import { collectResourcePolicies } from "./resource-policies.ts";
import type { ResolvedTemplate } from "./resolve-template.ts";

/** A message that a subscriber of a topic got. */
export interface InboxMessage {
  /** ARN. */
  readonly topic: string;
  readonly subject: string | null;
  readonly message: string;
  /** Name → value; a `String.Array` is parsed. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The services on this machine, behind the proxy that asks the template's policies. */
export interface LocalAws {
  readonly url: string;
  readonly region: string;
  readonly resources: KnownResources;
  readonly gatekeeper: Gatekeeper;
  readonly secrets: Map<string, string>;
  /** A client of the test itself, for which no policy counts. */
  operator<T>(Client: new (config: object) => T): T;
  /** A client with a role of the template. */
  actAs<T>(role: string, Client: new (config: object) => T): T;
  createBucket(name: string): void;
  /** A topic whose messages come to the inbox. */
  createTopic(name: string, attributes: Readonly<Record<string, string>>): void;
  /** What came to all topics, the oldest first. */
  inbox(): InboxMessage[];
  /** What all calls of DynamoDB consumed so far. */
  capacity(): Capacity;
  close(): Promise<void>;
}

/** The account in every ARN of fauxqs. */
const FAUXQS_ACCOUNT = "000000000000";

export interface LocalAwsOptions {
  readonly now: () => number;
  readonly observe?: CallObserver;
  readonly ecrToken?: string;
}

export async function startLocalAws(template: ResolvedTemplate, roles: readonly Role[], options: LocalAwsOptions): Promise<LocalAws> {
  const { region, account } = template.place;
  const [dynamodb, fauxqs] = await Promise.all([startDynoxide(), startFauxqs({ port: 0, logger: false, defaultRegion: region })]);
  const resources = readKnownResources(template);
  const gatekeeper = new Gatekeeper(roles, collectResourcePolicies(template));
  const secrets = new Map<string, string>();
  const meter = new CapacityMeter();
  const proxy = await startAwsProxy({
    meter,
    resources,
    gatekeeper,
    secrets,
    signingKeys: new Map(),
    dynamodb: dynamodb.url,
    fauxqs: { url: `http://127.0.0.1:${fauxqs.port}`, account: FAUXQS_ACCOUNT },
    observe: () => undefined,
    ...options,
  });
  const clients: { destroy?(): void }[] = [];
  const queues: string[] = [];
  const connect = <T>(role: string, Client: new (config: object) => T): T => {
    const credentials = { accessKeyId: role, secretAccessKey: "local" };
    const client = new Client({ endpoint: proxy.url, region, credentials, maxAttempts: 1 });
    clients.push(client as { destroy?(): void });
    return client;
  };
  return {
    url: proxy.url,
    region,
    resources,
    gatekeeper,
    secrets,
    operator: (Client) => connect(OPERATOR, Client),
    actAs: connect,
    createBucket: (name) => void fauxqs.createBucket(name),
    createTopic: (name, attributes) => {
      fauxqs.createTopic(name, { attributes: { ...attributes } });
      const queue = `inbox-${queues.length}${name.endsWith(".fifo") ? ".fifo" : ""}`;
      fauxqs.createQueue(queue, { attributes: name.endsWith(".fifo") ? { FifoQueue: "true" } : {} });
      fauxqs.subscribe({ topic: name, queue });
      queues.push(queue);
    },
    inbox: () => queues.flatMap((queue) => fauxqs.inspectQueue(queue)?.messages.ready ?? []).map(({ body }) => readMessage(body, account)),
    capacity: () => meter.total,
    close: async () => {
      for (const client of clients) client.destroy?.();
      await proxy.close();
      await fauxqs.stop();
      dynamodb.stop();
    },
  };
}

function readMessage(body: string, account: string): InboxMessage {
  const envelope = JSON.parse(body) as {
    readonly TopicArn: string;
    readonly Subject?: string;
    readonly Message: string;
    readonly MessageAttributes?: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
  };
  const attributes = Object.entries(envelope.MessageAttributes ?? {}).map(
    ([name, { Type, Value }]) => [name, Type === "String.Array" ? (JSON.parse(Value) as unknown) : Value] as const,
  );
  return {
    topic: envelope.TopicArn.replace(`:${FAUXQS_ACCOUNT}:`, `:${account}:`),
    subject: envelope.Subject ?? null,
    message: envelope.Message,
    attributes: Object.fromEntries(attributes),
  };
}
