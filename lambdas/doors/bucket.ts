import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { EVIDENCE_PREFIX, headKey, REPORTS_PREFIX, RUNS_PREFIX } from "../../lib/deployment/names.ts";
import type { ReportPort } from "../../lib/scheduled-reports/report-port.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { SignedHead } from "./head-signer.ts";

/** The address of a list of items that the state machine reads. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

interface Bucket {
  /** Saves one JSON line for each item. */
  saveItems(run: string, name: string, items: readonly object[]): Promise<ObjectAddress>;
  /** Saves the document of a run, for people and programs. */
  saveSummary(run: string, text: string): Promise<void>;
  /**
   * Saves evidence under its digest. If it is already there, it stays.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
   */
  saveEvidence(digest: Digest, bytes: Uint8Array): Promise<void>;
  /**
   * Writes a head among all heads, unless there is one at its position. Returns the one that is there: it was written by whoever closed a run
   * there first, and no write replaces it.
   */
  claimHead(position: number, statement: string): Promise<string>;
  /** Saves a signed head in the form that openssl reads: beside the summary of its run, and its signature among all heads. */
  saveHead(head: SignedHead): Promise<void>;
  /** Saves scheduled reports, under {@link REPORTS_PREFIX}`<month>/`. */
  readonly reports: ReportPort;
  loadText(address: ObjectAddress): Promise<string>;
}

/** By file extension. */
const MEDIA_TYPES: Readonly<Record<string, string>> = { html: "text/html; charset=utf-8", csv: "text/csv; charset=utf-8" };

/** Opens the bucket for reports and for the files of {@link RUNS_PREFIX}`<run>/`, and that of the heads, which may be another. */
export function openBucket(bucket: string, headsBucket = bucket): Bucket {
  const client = new S3Client({ requestHandler: TIMEOUTS });
  const save = async (key: string, text: string | Uint8Array, type: string, into = bucket): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket: into, Key: key, Body: text, ContentType: type }));
  };
  const saveOnce = async (into: string, key: string, body: string | Uint8Array, type: string): Promise<void> => {
    try {
      await client.send(new PutObjectCommand({ Bucket: into, Key: key, Body: body, ContentType: type, IfNoneMatch: "*" }));
    } catch (error) {
      if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412)) throw error;
    }
  };
  return {
    async saveItems(run, name, items) {
      const key = `${RUNS_PREFIX}${run}/${name}.jsonl`;
      await save(key, items.map((item) => JSON.stringify(item)).join("\n"), "application/jsonl");
      return { bucket, key };
    },
    saveSummary: (run, text) => save(`${RUNS_PREFIX}${run}/summary.json`, text, "application/json"),
    // In a bucket with versions, writing the same again would add a version.
    saveEvidence: (digest, bytes) => saveOnce(bucket, `${EVIDENCE_PREFIX}${digest.replace(":", "/")}`, bytes, "application/octet-stream"),
    async claimHead(position, statement) {
      const key = `${headKey(position)}.txt`;
      await saveOnce(headsBucket, key, statement, "text/plain");
      const { Body } = await client.send(new GetObjectCommand({ Bucket: headsBucket, Key: key }));
      return Body === undefined ? "" : Body.transformToString("utf-8");
    },
    async saveHead({ signature, statement, pem }) {
      const folder = `${RUNS_PREFIX}${signature.run}`;
      const signed = Buffer.from(signature.signature, "base64");
      await save(`${folder}/head.txt`, statement, "text/plain");
      await save(`${folder}/head.sig`, signed, "application/octet-stream");
      await save(`${headKey(signature.position)}.sig`, signed, "application/octet-stream", headsBucket);
      await save(`${folder}/public.pem`, pem, "application/x-pem-file");
    },
    reports: {
      save: (month, file, text) =>
        save(
          `${REPORTS_PREFIX}${month}/${file}`,
          typeof text === "string" ? text : [...text].join(""),
          MEDIA_TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/json",
        ),
      addressOf: (month) => `s3://${bucket}/${REPORTS_PREFIX}${month}/`,
    },
    async loadText(address) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: address.bucket, Key: address.key }));
      return Body === undefined ? "" : Body.transformToString("utf-8");
    },
  };
}
