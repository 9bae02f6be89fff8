import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** What becomes of a request: it never reaches the server, its answer never comes back, or somebody else answers. */
export type WireFault = "request lost" | "answer lost" | { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** A request as the server is asked: `PutItem`, `Query`. */
export interface Wire {
  readonly asked: string[];
  /** Decides on each request, by its operation and its number among those that write (from 1; 0: it only reads). */
  fault: (operation: string, nthWrite: number) => WireFault | null;
}

const READS = new Set(["GetItem", "Query"]);

/** Counts the requests of a client on their way to the server, and breaks some. */
export function tapWire(client: DynamoDBClient): Wire {
  const wire: Wire = { asked: [], fault: () => null };
  const handler = client.config.requestHandler;
  const handle = handler.handle.bind(handler);
  let writes = 0;
  handler.handle = async (request, options) => {
    const operation = request.headers["x-amz-target"]!.split(".")[1]!;
    wire.asked.push(operation);
    const fault = wire.fault(operation, READS.has(operation) ? 0 : ++writes);
    if (fault === "request lost") throw connectionLost();
    if (fault !== null && fault !== "answer lost") {
      const headers = { "content-type": "application/x-amz-json-1.0" };
      return { response: { statusCode: fault.status, headers, body: Buffer.from(JSON.stringify(fault.body)) } as never };
    }
    const answer = await handle(request, options);
    if (fault === "answer lost") throw connectionLost();
    return answer;
  };
  return wire;
}

/** An error of DynamoDB as it travels. */
export function refusal(name: string, more: Readonly<Record<string, unknown>> = {}): WireFault {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name} for a test`, ...more } };
}

function connectionLost(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
