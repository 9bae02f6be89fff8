import { newKeyNeed, newNeed, type AccessNeed } from "./access-need.ts";
import type { KnownResources } from "./known-resources.ts";

/** A request by path, as the SDK makes it of itself where the endpoint is an address. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Empty for a request to the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

export function parseS3Request(method: string, url: string): S3Request {
  const { pathname, searchParams } = new URL(url, "http://s3.invalid");
  const [, bucket = "", ...key] = pathname.split("/");
  return { method, bucket, key: decodeURIComponent(key.join("/")), query: searchParams };
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 * @throws Error for what an auditor has no reason to ask of S3.
 */
export function needsOfS3(request: S3Request, headers: Readonly<Record<string, unknown>>, resources: KnownResources): AccessNeed[] {
  const { method, bucket, key, query } = request;
  const arn = `arn:aws:s3:::${bucket}`;
  if (bucket === "") return [newNeed("s3:ListAllMyBuckets", "*")];
  if (key === "") return needsOfBucket(request, arn);
  const object = `${arn}/${key}`;
  const encrypted = (action: "kms:Decrypt" | "kms:GenerateDataKey"): AccessNeed[] => {
    const known = resources.buckets.find(({ name }) => name === bucket);
    if (known === undefined || known.key === null) return [];
    return [newKeyNeed(action, known.key, "s3", { "aws:s3:arn": known.bucketKey ? arn : object })];
  };
  switch (method) {
    case "GET":
    case "HEAD": {
      const version = query.has("versionId") ? "Version" : "";
      const tagging = query.has("tagging") ? "Tagging" : "";
      return [newNeed(`s3:GetObject${version}${tagging}`, object), ...(tagging ? [] : encrypted("kms:Decrypt"))];
    }
    case "PUT": {
      if (query.has("tagging")) return [newNeed("s3:PutObjectTagging", object)];
      const source = headers["x-amz-copy-source"];
      const read =
        typeof source === "string" ? [newNeed("s3:GetObject", `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}`)] : [];
      const tagged = headers["x-amz-tagging"] === undefined ? [] : [newNeed("s3:PutObjectTagging", object)];
      const parts = query.has("uploadId") ? encrypted("kms:Decrypt") : [];
      return [newNeed("s3:PutObject", object), ...tagged, ...read, ...encrypted("kms:GenerateDataKey"), ...parts];
    }
    case "POST":
      return [newNeed("s3:PutObject", object), ...encrypted("kms:GenerateDataKey"), ...encrypted("kms:Decrypt")];
    case "DELETE":
      return [newNeed(query.has("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject", object)];
    default:
      throw new Error(`map to IAM: ${method} of an object is not supported`);
  }
}

function needsOfBucket({ method, query, bucket }: S3Request, arn: string): AccessNeed[] {
  if (method === "HEAD") return [newNeed("s3:ListBucket", arn)];
  if (method === "GET" && query.has("location")) return [newNeed("s3:GetBucketLocation", arn)];
  if (method === "GET" && query.has("versions")) return [newNeed("s3:ListBucketVersions", arn)];
  if (method === "GET" && [...query.keys()].every((name) => LISTING.has(name))) {
    const prefix = query.get("prefix");
    const delimiter = query.get("delimiter");
    return [
      newNeed("s3:ListBucket", arn, {
        ...(prefix !== null && { "s3:prefix": [prefix] }),
        ...(delimiter !== null && { "s3:delimiter": [delimiter] }),
      }),
    ];
  }
  throw new Error(`map to IAM: ${method} of the bucket ${bucket} with ${query.toString()} is not supported`);
}

const LISTING = new Set([
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "continuation-token",
  "start-after",
  "marker",
  "encoding-type",
  "fetch-owner",
  "x-id",
]);
