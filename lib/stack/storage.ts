import { aws_dynamodb as dynamodb, aws_kms as kms, aws_s3 as s3, Duration, RemovalPolicy, type CfnTag } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { RUNS_PREFIX } from "../deployment/names.ts";
import { HISTORY_TABLE } from "../history/dynamodb/names.ts";

/** Manifests of a run are read within hours; its summary is useful for a year. */
const RUNS_KEPT_DAYS = 400;
const OLD_VERSIONS_KEPT_DAYS = 30;

/** Creates the bucket for manifests and summaries of runs, evidence, and reports. It outlives the stack. */
export function createBucket(scope: Construct): s3.Bucket {
  return new s3.Bucket(scope, "Storage", {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        id: "runs",
        prefix: RUNS_PREFIX,
        expiration: Duration.days(RUNS_KEPT_DAYS),
        noncurrentVersionExpiration: Duration.days(OLD_VERSIONS_KEPT_DAYS),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
}

/**
 * Creates a bucket for the signed heads of the history's chain, in which nobody can delete or replace one for so long: with Object Lock in
 * compliance mode, not even the root user of the account.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export function createLockedBucket(scope: Construct, lock: Duration): s3.Bucket {
  return new s3.Bucket(scope, "Heads", {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: s3.ObjectLockRetention.compliance(lock),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Creates the table of the history. It outlives the stack and can be restored to any second of the last 35 days. */
export function createHistoryTable(scope: Construct, tag: CfnTag): dynamodb.TableV2 {
  return new dynamodb.TableV2(scope, "History", {
    partitionKey: { name: HISTORY_TABLE.partitionKey, type: dynamodb.AttributeType.STRING },
    sortKey: { name: HISTORY_TABLE.sortKey, type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: HISTORY_TABLE.timeToLive,
    billing: dynamodb.Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // A table that may have replicas has tags per replica, which no aspect sets.
    tags: [tag],
  });
}

/** Creates the key that signs the head of the history's chain after each run. The private half never leaves KMS. It outlives the stack. */
export function createSigningKey(scope: Construct): kms.Key {
  return new kms.Key(scope, "SigningKey", {
    keySpec: kms.KeySpec.ECC_NIST_P256,
    keyUsage: kms.KeyUsage.SIGN_VERIFY,
    description: "Signs what Sealwatch recorded",
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
