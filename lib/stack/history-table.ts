import { aws_dynamodb as dynamodb, RemovalPolicy, type CfnTag } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { HISTORY_TABLE } from "../history/dynamodb/names.ts";

/** The history: what was known when. It outlives the stack, and may be restored to any second of the last 35 days. */
export function createHistoryTable(scope: Construct, tag: CfnTag): dynamodb.TableV2 {
  return new dynamodb.TableV2(scope, "History", {
    partitionKey: { name: HISTORY_TABLE.partitionKey, type: dynamodb.AttributeType.STRING },
    sortKey: { name: HISTORY_TABLE.sortKey, type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: HISTORY_TABLE.timeToLive,
    billing: dynamodb.Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // Of a table that may have replicas, the tags are those of each, and no aspect sets them.
    tags: [tag],
  });
}
