/** Every bound of the registry client, each with its reason. Sizes are of decoded bodies. Architecture section 10. */

/** Registries must accept 4 MiB (distribution spec); containerd and oras read no more. */
export const MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024;
/** A page of 1,000 tags of 128 characters is far below. */
export const TAGS_PAGE_LIMIT_BYTES = 8 * 1024 * 1024;
/** Tokens are a few KiB; a longer answer is no token. */
export const TOKEN_LIMIT_BYTES = 64 * 1024;
/** Error documents are small; what follows would only be memory. */
export const ERROR_LIMIT_BYTES = 64 * 1024;
/** The largest evidence that is read, a bundle; smaller forms have smaller limits in their own parsers. */
export const BLOB_LIMIT_BYTES = 16 * 1024 * 1024;

/** Asked for on each page: the most that ECR and distribution 3.1 allow. */
export const TAGS_PAGE_SIZE = 1_000;
export const TAG_PAGES_LIMIT = 10_000;
export const TAGS_LIMIT = 1_000_000;
/** More cannot be read in a night, so a longer list is somebody burying a signature. */
export const REFERRERS_LIMIT = 4_096;
/** 16 entries a page would still reach the limit above. */
export const REFERRER_PAGES_LIMIT = 256;
/** Storage answers with one hop, mirrors with two. */
export const REDIRECTS_LIMIT = 5;

/** Headers and body together; a slow drip of bytes does not extend it. */
export const REQUEST_TIMEOUT_MS = 20_000;
/** Further attempts after the first. */
export const RETRIES = 4;
/** Full jitter below a ceiling that doubles from the first to the second value. */
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_LIMIT_MS = 8_000;
/** What Retry-After may ask for: below, servers write 0 or microseconds; above, it is no wait but a refusal. */
export const RETRY_AFTER_LEAST_MS = 1_000;
export const RETRY_AFTER_MOST_MS = 3_600_000;
/** All waits of one request together: a night must not hang on one host. */
export const WAITS_LIMIT_MS = 60_000;
/** Requests in a row that no try got an answer for; then the host is left for the run. */
export const SILENT_REQUESTS_LIMIT = 5;

export const CONCURRENCY_FIRST = 8;
export const CONCURRENCY_LIMIT = 32;
/** Requests leave evenly but arrive unevenly: the server must not see one window too full. */
export const BUDGET_MARGIN_MS = 50;

/** Where a token says nothing, or less: the token specification's default, as regclient and skopeo read it. */
export const TOKEN_LIFE_LEAST_SECONDS = 60;
/** Renewed this long before its end, or a tenth of its life. */
export const TOKEN_EARLY_MS = 30_000;
/** A password of ECR lives 12 hours: renewed so long before its end that the longest request is over. */
export const ECR_TOKEN_EARLY_MS = 5 * 60_000;
/** Those of ECR have 2,000 to 4,000; servers take no header of more. */
export const ECR_TOKEN_LIMIT_CHARACTERS = 16_384;
/** The most that Secrets Manager keeps: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
export const SECRET_LIMIT_BYTES = 65_536;
