import type { Answer } from "./answer.ts";
import type { ReceivedRequest } from "./forward.ts";

/** Request units of an on-demand table, as DynamoDB itself counts them. */
export interface Capacity {
  readonly reads: number;
  readonly writes: number;
}

const READS = new Set(["GetItem", "Query", "BatchGetItem", "TransactGetItems", "Scan"]);

/** Adds up what calls consumed: asks each for it, which changes nothing else of the answer. */
export class CapacityMeter {
  #reads = 0;
  #writes = 0;

  get total(): Capacity {
    return { reads: this.#reads, writes: this.#writes };
  }

  async ask(operation: string, received: ReceivedRequest, send: (request: ReceivedRequest) => Promise<Answer>): Promise<Answer> {
    const input = JSON.parse(received.body.toString()) as object;
    const answer = await send({ ...received, body: Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: "TOTAL" })) });
    const units = readUnits(answer.body);
    if (READS.has(operation)) this.#reads += units;
    else this.#writes += units;
    return answer;
  }
}

function readUnits(body: Buffer): number {
  const { ConsumedCapacity = [] } = JSON.parse(body.toString() || "{}") as { readonly ConsumedCapacity?: Consumed | readonly Consumed[] };
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

interface Consumed {
  readonly CapacityUnits?: number;
}
