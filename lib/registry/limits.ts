/** The bounds of the registry client, each with its reason (architecture section 10). Sizes are of decoded bodies. */

/** Registries must accept 4 MiB (distribution spec); containerd and oras read no more. */
export const MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024;
/** A page of 1,000 tags of 128 characters is far smaller. */
export const TAGS_PAGE_LIMIT_BYTES = 8 * 1024 * 1024;
/** Tokens are a few KiB; a longer answer is no token. */
export const TOKEN_LIMIT_BYTES = 64 * 1024;
/** Error documents are small; more would only take memory. */
export const ERROR_LIMIT_BYTES = 64 * 1024;
/** The largest evidence that is read, a bundle. The parsers of other forms have smaller limits. */
export const BLOB_LIMIT_BYTES = 16 * 1024 * 1024;
/**
 * What may be a signature and is in memory at a time, in the whole process, with what is decoded of it: one of the largest, or a thousand
 * ordinary ones. A machine or function of 512 MiB has room for it.
 */
export const CANDIDATES_IN_FLIGHT_BYTES = 64 * 1024 * 1024;
/** The same for manifests that are being read. As objects they take some ten times their bytes. */
export const MANIFESTS_IN_FLIGHT_BYTES = 8 * 1024 * 1024;
/** Signatures, their manifests and payloads are smaller. Whatever is larger is asked for once more when there is room for it. */
export const SMALL_BYTES = 64 * 1024;
/** Payloads that several manifests name are fetched once; thousands of ordinary ones fit. */
export const KEPT_BLOBS_BYTES = 4 * 1024 * 1024;
/** What one repository may transfer in a run: as much as 20 Mbit/s deliver in the two hours that it may take. */
export const REPOSITORY_LIMIT_BYTES = 16 * 1024 ** 3;

/** The page size that is asked for: the most that ECR and distribution 3.1 allow. */
export const TAGS_PAGE_SIZE = 1_000;
export const TAG_PAGES_LIMIT = 10_000;
export const TAGS_LIMIT = 1_000_000;
/** One page of an API of a registry: 1,000 entries with all that a vendor knows of each. */
export const API_PAGE_LIMIT_BYTES = 16 * 1024 * 1024;
/** More repositories than any registry has that is watched by one line. */
export const REPOSITORIES_LIMIT = 100_000;
/** So many repositories in a row without a bulk list, and the API of their registry is not asked any more in this run. */
export const API_REFUSALS_LIMIT = 3;
/** A lifecycle policy of ECR has at most 50: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
export const LIFECYCLE_RULES_LIMIT = 50;
/** A project of Harbor has at most 15. */
export const RETENTION_RULES_LIMIT = 15;
/** The name of a rule becomes part of a subject, and of the name under which it was told. */
export const RULE_NAME_LIMIT_CHARACTERS = 128;
/** More cannot be read in a night. A longer list may be meant to bury a signature. */
export const REFERRERS_LIMIT = 4_096;
/** All pages of one list together: 2 KiB for each entry, where ordinary ones have some hundred bytes. */
export const REFERRERS_LIMIT_BYTES = 8 * 1024 * 1024;
/** Pages of 16 entries would still reach the limit above. */
export const REFERRER_PAGES_LIMIT = 256;
/** Storage answers with one hop, mirrors with two. */
export const REDIRECTS_LIMIT = 5;

/** For headers and body together. A slow drip of bytes does not extend it. */
export const REQUEST_TIMEOUT_MS = 20_000;
/** Further attempts after the first. */
export const RETRIES = 4;
/** Full jitter below a ceiling that doubles from the first to the second value. */
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_LIMIT_MS = 8_000;
/** The bounds of Retry-After. Servers write 0 or microseconds below the first; a longer wait than the second is a refusal. */
export const RETRY_AFTER_LEAST_MS = 1_000;
export const RETRY_AFTER_MOST_MS = 3_600_000;
/** For all waits of one request together, so that a night does not hang on one host. */
export const WAITS_LIMIT_MS = 60_000;
/** After so many requests in a row without any answer, the host is left alone for the run. */
export const SILENT_REQUESTS_LIMIT = 5;

export const CONCURRENCY_FIRST = 8;
export const CONCURRENCY_LIMIT = 32;
/** Requests leave evenly but arrive unevenly: no window that the server counts may be too full. */
export const BUDGET_MARGIN_MS = 50;

/** The life of a token that names none, or a shorter one: the default of the token specification, as regclient and skopeo read it. */
export const TOKEN_LIFE_LEAST_SECONDS = 60;
/** A token is renewed this long before its end, or a tenth of its life if that is shorter. */
export const TOKEN_EARLY_MS = 30_000;
/** An ECR password lives 12 hours. It is renewed so early that the longest request ends before it. */
export const ECR_TOKEN_EARLY_MS = 5 * 60_000;
/** ECR tokens have 2,000 to 4,000 characters, and servers accept no longer header than this. */
export const ECR_TOKEN_LIMIT_CHARACTERS = 16_384;
/** The session of a role lives an hour unless the role says otherwise, which may be no less than 15 minutes. */
export const ECR_SESSION_LIFE_MS = 10 * 60_000;
/** The most that Secrets Manager keeps: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
export const SECRET_LIMIT_BYTES = 65_536;
