import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessNeed } from "./access-need.ts";
import { denyAccess, newJsonError, type Answer, type ServiceName } from "./answer.ts";
import type { CapacityMeter } from "./capacity-meter.ts";
import { readCaller, type Caller } from "./caller.ts";
import { needsOfDynamodb } from "./dynamodb-access.ts";
import { forwardS3 } from "./forward-s3.ts";
import { forward, type ReceivedRequest } from "./forward.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { KnownResources } from "./known-resources.ts";
import { needsOfS3, parseS3Request } from "./s3-access.ts";
import { askEcr, askSecretsManager, askSts, type Secrets, type SmallAnswer } from "./small-services.ts";
import { askKms, type SigningKeys } from "./signing-keys.ts";
import { needsOfSns } from "./sns-access.ts";

/** One call that passes through the proxy. */
export interface Call {
  readonly caller: Caller;
  readonly actions: readonly string[];
  /** `asked`: allowed, and not yet sent on. `answered`: done, and the caller does not know it yet. */
  readonly phase: "asked" | "answered";
}

/** May wait, or kill the caller; `cut` breaks the connection, so that request or answer is lost. */
export type CallObserver = (call: Call) => Promise<"cut" | void> | "cut" | void;

export interface ProxyOptions {
  readonly resources: KnownResources;
  readonly gatekeeper: Gatekeeper;
  readonly dynamodb: string;
  /** The server of SNS and S3, and the account that it puts into its ARNs. */
  readonly fauxqs: { readonly url: string; readonly account: string };
  readonly secrets: Secrets;
  readonly signingKeys: SigningKeys;
  /** `user:password` of ECR. */
  readonly ecrToken?: string;
  readonly now: () => number;
  readonly observe: CallObserver;
  readonly meter: CapacityMeter;
}

export interface AwsProxy {
  /** An address, not a name: so the SDK of S3 asks by path, and no bucket needs a name of the network. */
  readonly url: string;
  close(): Promise<void>;
}

/** The access key of the test itself, for which no policy counts and nothing is recorded. */
export const OPERATOR = "LOCALOPERATOR";

/** Longer than any test: a frozen process must not find its connection closed. */
const KEEP_ALIVE_MILLISECONDS = 600_000;

/** Stands where AWS would: asks the policies of the template, and sends on what they allow. */
export async function startAwsProxy(options: ProxyOptions): Promise<AwsProxy> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLISECONDS }, (message, response) => {
    answer(options, message, response).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      send(response, newJsonError(501, "NotImplemented", text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(options: ProxyOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = await message.toArray();
  const received: ReceivedRequest = {
    method: message.method ?? "GET",
    url: message.url ?? "/",
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
  const caller = readCaller(received.headers, received.url);
  if (caller === null) return send(response, newJsonError(403, "MissingAuthenticationTokenException", "the request is not signed"));
  const isOperator = caller.role === OPERATOR;
  const { service, needs, reply } = route(options, received, caller);
  const denied = isOperator ? undefined : needs.find((need) => !options.gatekeeper.authorize(caller.role, need).allowed);
  if (denied) return send(response, denyAccess(service, options.gatekeeper.describeCaller(caller.role), denied, received.method));
  const actions = needs.map(({ action }) => action);
  const observe = isOperator ? () => undefined : options.observe;
  if ((await observe({ caller, actions, phase: "asked" })) === "cut") return void response.destroy();
  const answered = await reply();
  if ((await observe({ caller, actions, phase: "answered" })) === "cut") return void response.destroy();
  send(response, answered);
}

interface Route {
  readonly service: ServiceName;
  readonly needs: readonly AccessNeed[];
  readonly reply: () => Answer | Promise<Answer>;
}

function route(options: ProxyOptions, received: ReceivedRequest, caller: Caller): Route {
  const { resources, fauxqs, gatekeeper } = options;
  const target = received.headers["x-amz-target"];
  const operation = typeof target === "string" ? target.slice(target.indexOf(".") + 1) : "";
  const input = (): unknown => JSON.parse(received.body.toString());
  const form = (): URLSearchParams => new URLSearchParams(received.body.toString());
  const small = (service: ServiceName, { needs, answer: reply }: SmallAnswer): Route => ({ service, needs, reply });
  switch (caller.service) {
    case "dynamodb":
      return {
        service: "dynamodb",
        needs: needsOfDynamodb(operation, input(), resources),
        reply: () => options.meter.ask(operation, received, (request) => forward(options.dynamodb, request)),
      };
    case "sns": {
      const body = Buffer.from(received.body.toString().replaceAll(`%3A${resources.account}%3A`, `%3A${fauxqs.account}%3A`));
      return { service: "sns", needs: needsOfSns(form(), resources), reply: () => forward(fauxqs.url, { ...received, body }) };
    }
    case "s3": {
      const asked = parseS3Request(received.method, received.url);
      const isAllowed = (need: AccessNeed): boolean => caller.role === OPERATOR || gatekeeper.authorize(caller.role, need).allowed;
      const needs = caller.role === OPERATOR ? [] : needsOfS3(asked, received.headers, resources);
      return { service: "s3", needs, reply: () => forwardS3(fauxqs.url, received, asked, isAllowed) };
    }
    case "secretsmanager":
      return small("secretsmanager", askSecretsManager(operation, input(), resources, options.secrets));
    case "ecr":
      return small("ecr", askEcr(operation, resources, options.ecrToken ?? "AWS:local", options.now()));
    case "kms":
      return small("kms", askKms(operation, input(), resources, options.signingKeys));
    case "sts":
      return small("sts", askSts(form(), resources, gatekeeper.describeCaller(caller.role)));
    default:
      throw new Error(`${caller.service} is not answered on this machine`);
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  // An answer to HEAD has the length of a body that it does not have.
  response.writeHead(status, { "content-length": body.length, ...headers });
  response.end(body);
}
