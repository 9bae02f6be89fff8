import { onTestFinished } from "vitest";
import { sendJson, startServer, type ScriptedServer } from "../registry/start-server.ts";

/** What a service answers: a status with a document, or an error of that name. */
export type AwsAnswer = { readonly [field: string]: unknown } | { readonly refusal: string; readonly status?: number };

/** ECR, Secrets Manager and STS in one server, of which every operation answers as the test says. */
export interface AwsServer {
  /** What makes the SDK ask this server, as a test account. */
  readonly env: Readonly<Record<string, string>>;
  /** Operations with what was sent, in order: `["GetSecretValue", {SecretId: "x"}]`. */
  readonly asked: (readonly [string, Readonly<Record<string, unknown>>])[];
  /** The `Authorization` of each, which names region and service. */
  readonly authorizations: string[];
  readonly operations: () => string[];
}

export type AwsScript = Readonly<Record<string, (input: Readonly<Record<string, unknown>>, time: number) => AwsAnswer>>;

/** Answers by the AWS JSON 1.1 protocol, and for STS by the query protocol. https://smithy.io/2.0/aws/protocols/ */
export async function startAws(script: AwsScript): Promise<AwsServer> {
  const asked: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
  const authorizations: string[] = [];
  const times = new Map<string, number>();
  const server: ScriptedServer = await startServer(({ headers, body }, response) => {
    const target = headers["x-amz-target"];
    const query = new URLSearchParams(body);
    const operation = typeof target === "string" ? target.split(".")[1]! : (query.get("Action") ?? "");
    const input = typeof target === "string" ? (JSON.parse(body) as Record<string, unknown>) : Object.fromEntries(query);
    asked.push([operation, input]);
    authorizations.push(headers.authorization ?? "");
    const time = times.get(operation) ?? 0;
    times.set(operation, time + 1);
    const answer = script[operation]?.(input, time) ?? { refusal: "UnknownOperationException" };
    const { refusal, status } = answer as { readonly refusal?: string; readonly status?: number };
    if (typeof target !== "string")
      return response.writeHead(refusal === undefined ? 200 : 403, { "content-type": "text/xml" }).end(formatXml(operation, answer));
    if (refusal === undefined) return sendJson(response, 200, answer, { "content-type": "application/x-amz-json-1.1" });
    sendJson(response, status ?? 400, { __type: refusal, message: `${refusal}: s3cret` }, { "content-type": "application/x-amz-json-1.1" });
  });
  onTestFinished(() => server.close());
  return { env: { ...ACCOUNT, ...endpoints(server.url) }, asked, authorizations, operations: () => asked.map(([operation]) => operation) };
}

/** Nothing of the machine that the tests run on. */
export const NO_ACCOUNT = {
  AWS_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/nowhere/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
};

const ACCOUNT = { ...NO_ACCOUNT, AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "test" };

function endpoints(url: string): Record<string, string> {
  return { AWS_ENDPOINT_URL_ECR: url, AWS_ENDPOINT_URL_SECRETS_MANAGER: url, AWS_ENDPOINT_URL_STS: url };
}

function formatXml(operation: string, answer: AwsAnswer): string {
  if ("refusal" in answer)
    return `<ErrorResponse><Error><Code>${String(answer["refusal"])}</Code><Message>s3cret</Message></Error></ErrorResponse>`;
  const fields = Object.entries(answer).map(([name, value]) => `<${name}>${String(value)}</${name}>`);
  return `<${operation}Response><${operation}Result><Credentials>${fields.join("")}</Credentials></${operation}Result></${operation}Response>`;
}

/** What ECR answers for a password that ends so many seconds later. */
export function newEcrAnswer(password: string, endsAtSeconds: number): AwsAnswer {
  return { authorizationData: [{ authorizationToken: encode(`AWS:${password}`), expiresAt: endsAtSeconds, proxyEndpoint: "https://x" }] };
}

export function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Sets variables of this process until the test is over: the SDK reads them itself. */
export function setEnvironment(variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, variables);
  onTestFinished(() => {
    process.env = before;
  });
}
