import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { refusal, tapWire, type Wire, type WireFault } from "./dynamodb-wire.ts";
import { change, finding } from "./examples.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** A store without a server: every request is answered, or lost, by the test. */
function open(answer: Wire["fault"], more: { maxAttempts?: number } = {}): { store: HistoryStore; wire: Wire; waits: number[] } {
  const client = new DynamoDBClient({ region: "eu-central-1", credentials, maxAttempts: 1, ...more });
  const wire = tapWire(client);
  wire.fault = answer;
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  return { store: openDynamodbHistory({ client, table: "nightly", now: Date.now, sleep }), wire, waits };
}

const nothing = { status: 200, body: {} } as const;
const cancelled = (...reasons: string[]): WireFault =>
  refusal("TransactionCanceledException", { CancellationReasons: reasons.map((Code) => ({ Code, Message: null })) });
/** Answers all reads with nothing, and transactions in turn as given, the last for ever. */
const inTurn = (...answers: WireFault[]): Wire["fault"] => {
  let transactions = 0;
  return (operation) => (operation === "TransactWriteItems" ? answers[Math.min(transactions++, answers.length - 1)]! : nothing);
};

describe("an error of AWS", () => {
  it.each<[string, WireFault, RegExp, boolean]>([
    [
      "a table that is missing",
      refusal("ResourceNotFoundException"),
      /the table does not exist in region eu-central-1; .*aws dynamodb create-table/,
      false,
    ],
    ["a right that is missing", refusal("AccessDeniedException"), /AWS does not allow it: AccessDeniedException for a test/, false],
    [
      "credentials that have ended",
      refusal("ExpiredTokenException"),
      /does not accept the credentials \(ExpiredTokenException\); renew them/,
      false,
    ],
    ["credentials of nobody", refusal("UnrecognizedClientException"), /does not accept the credentials/, false],
    ["a throttled table", refusal("ThrottlingException"), /too busy for it \(ThrottlingException\)/, true],
    ["a table at its limit", refusal("ProvisionedThroughputExceededException"), /too busy for it/, true],
    ["a connection that is lost", "request lost", /cannot be reached \(read ECONNRESET\); look at the network and try again/, true],
    [
      "a failure of DynamoDB's own",
      { status: 500, body: { __type: "InternalServerError", message: "sorry" } },
      /InternalServerError: sorry/,
      true,
    ],
    ["a request that is wrong", refusal("ValidationException"), /ValidationException for a test/, false],
  ])("names the table and what to do about %s", async (_, answer, message, retryable) => {
    const { store } = open(() => answer);
    await expect(store.pendingChanges()).rejects.toMatchObject({ code: "history", retryable });
    await expect(store.pendingChanges()).rejects.toThrow(/^read the history dynamodb:\/\/nightly\?region=eu-central-1: /);
    await expect(Array.fromAsync(store.observations("a/b", {}))).rejects.toThrow(message);
    await expect(store.saveFinding(finding({ version: 0 }))).rejects.toThrow(/^write the history /);
  });

  it("says that nobody listens", async () => {
    const client = new DynamoDBClient({ region: "eu-central-1", credentials, maxAttempts: 1, endpoint: "http://127.0.0.1:1" });
    const store = openDynamodbHistory({ client, table: "nightly", now: Date.now, sleep: async () => undefined });
    await expect(store.pendingChanges()).rejects.toMatchObject({
      code: "history",
      retryable: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is looked at again by the next operation: nothing is remembered of a failure", async () => {
    const { store, wire } = open(() => refusal("ThrottlingException"));
    await expect(store.pendingChanges()).rejects.toMatchObject({ retryable: true });
    wire.fault = () => nothing;
    expect(await store.pendingChanges()).toEqual([]);
  });
});

describe("a busy table", () => {
  it("is asked again by the SDK, as often as the client allows", async () => {
    let refused = 0;
    const { store, wire } = open(() => (refused++ < 2 ? refusal("ThrottlingException") : nothing), { maxAttempts: 3 });
    expect(await store.pendingChanges()).toEqual([]);
    expect(wire.asked).toEqual(["GetItem", "GetItem", "GetItem", "Query"]);
  });

  it("gets a transaction again that met another one, after longer and longer waits", async () => {
    const { store, waits } = open(
      inTurn(
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded"),
        nothing,
      ),
    );
    await store.saveFinding(finding({ version: 0 }));
    expect(waits).toEqual([20, 40, 80]);
  });

  it("does not get it for ever", async () => {
    const { store, wire, waits } = open(inTurn(cancelled("TransactionConflict")));
    await expect(store.saveFinding(finding({ version: 0 }))).rejects.toMatchObject({
      code: "history",
      retryable: true,
      message: expect.stringContaining("too busy for it (TransactionConflict)"),
    });
    expect(wire.asked.filter((operation) => operation === "TransactWriteItems")).toHaveLength(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2000);
  });

  it("gets no transaction again whose condition was lost, although it met another one too", async () => {
    const { store, waits } = open(inTurn(cancelled("ConditionalCheckFailed", "TransactionConflict")));
    expect(await store.conclude({ changes: [change()], findings: [finding({ version: 0 })], outbox: [] })).toBe(false);
    expect(waits).toEqual([]);
  });
});
