import { aws_s3 as s3, Duration, RemovalPolicy } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { RUNS_PREFIX } from "../deployment/names.ts";

/** Manifests of a run are read within hours; its summary is worth a year. */
const RUNS_KEPT_DAYS = 400;
const OLD_VERSIONS_KEPT_DAYS = 30;

/** Manifests and summaries of runs, evidence, and reports. It outlives the stack. */
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
