/** The example's functions, as a bundler gets them. */
export const EXAMPLE_HANDLERS: Readonly<Record<"plan" | "work", string>> = {
  plan: `
    import { S3Client, PutObjectCommand } from "@aws-sdk/client-s3";
    const s3 = new S3Client({});
    export const handler = async ({ run, registries }) => {
      const planned = [];
      for (const { host, repositories } of registries) {
        const Key = "runs/" + run + "/" + host + ".jsonl";
        const Body = repositories.map((name) => JSON.stringify({ run, name: host + "/" + name }) + "\\n").join("");
        await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key, Body }));
        planned.push({ host, key: Key, sideBySide: 2 });
      }
      console.log(JSON.stringify({ level: "INFO", message: "planned" }));
      return { run, registries: planned };
    };
  `,
  // Each repository takes two calls; each item of the table is written once, however often a call is repeated.
  work: `
    import { DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
    const dynamodb = new DynamoDBClient({});
    const TableName = process.env.TABLE;
    export const handler = async ({ run, name, cursor = 0 }, context) => {
      const key = (sk) => ({ pk: { S: "R#" + name }, sk: { S: sk } });
      const { Items } = await dynamodb.send(new QueryCommand({
        TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: "R#" + name } }, ConsistentRead: true,
      }));
      if (name.includes("throttled") && !Items.some(({ sk }) => sk.S === "asked")) {
        await dynamodb.send(new PutItemCommand({ TableName, Item: key("asked") }));
        throw Object.assign(new Error("429"), { name: "RegistryThrottled" });
      }
      if (name.includes("poisoned")) throw Object.assign(new Error("it cannot be read"), { name: "Poisoned" });
      await dynamodb.send(new PutItemCommand({ TableName, Item: key(run + "#" + cursor) }));
      const metric = { Namespace: "Example", Dimensions: [["service"]], Metrics: [{ Name: "Pages", Unit: "Count" }] };
      console.log(JSON.stringify({ _aws: { Timestamp: 0, CloudWatchMetrics: [metric] }, service: "work", Pages: 1 }));
      return { run, name, cursor: cursor + 1, done: cursor === 1 };
    };
  `,
};
