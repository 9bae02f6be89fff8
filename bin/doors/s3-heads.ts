import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { headKey, HEADS_PREFIX } from "../../lib/deployment/names.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

/**
 * Loads the text of an object or, without a key, of the newest head in the bucket from position `end` on. It asks with the credentials of
 * the environment, in whichever region the bucket is.
 */
export async function loadHead(bucket: string, key: string, end: number): Promise<string> {
  const client = new S3Client({ requestHandler: TIMEOUTS, followRegionRedirects: true });
  try {
    const found = key === "" ? await findNewest(client, bucket, end) : key;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: found }));
    return Body === undefined ? "" : await Body.transformToString("utf-8");
  } catch (error) {
    if (error instanceof SealwatchError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SealwatchError("history", `load the head s3://${bucket}/${key}: ${why}; reading it needs s3:ListBucket and s3:GetObject`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

async function findNewest(client: S3Client, bucket: string, end: number): Promise<string> {
  let newest: string | undefined;
  for (let after = headKey(Math.max(0, end - 1)); ;) {
    const { Contents = [], IsTruncated } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: HEADS_PREFIX, StartAfter: `${after}~` }),
    );
    newest = Contents.findLast(({ Key }) => Key?.endsWith(".txt"))?.Key ?? newest;
    const last = Contents.at(-1)?.Key;
    if (IsTruncated !== true || last === undefined) break;
    after = last;
  }
  if (newest !== undefined) return newest;
  throw new SealwatchError(
    "history",
    `load the head s3://${bucket}/${HEADS_PREFIX}: there is none for the run that was closed last, or a later one`,
  );
}
